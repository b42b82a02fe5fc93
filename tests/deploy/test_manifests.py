"""`compose.scale.yaml` and `deploy/kubernetes/`: they hold together, and nobody has more rights than needed.

Nothing here starts a container. Where `kubernetes-validate` is installed (`make test-ray`), the manifests are
held to Kubernetes' own schemas. `tests/gallery/scores/test_two_galleries.py` runs the proxy's configuration.
"""

import os
import re

import pytest
import yaml

from dlintro_demos.gallery.settings import REPOSITORY, Settings

KUBERNETES = REPOSITORY / "deploy" / "kubernetes"
COMPOSE = yaml.safe_load((REPOSITORY / "compose.scale.yaml").read_text())
MANIFESTS = [
    each for path in sorted(KUBERNETES.glob("*.yaml")) for each in yaml.safe_load_all(path.read_text())
]
PODS = [each for each in MANIFESTS if each["kind"] in ("Deployment", "StatefulSet")]
OURS = {"DLINTRO_" + name.upper() for name in Settings.__dataclass_fields__}


def named(manifest):
    return f"{manifest['kind']}-{manifest['metadata']['name']}"


@pytest.mark.parametrize("manifest", MANIFESTS, ids=named)
def test_a_manifest_is_what_kubernetes_knows(manifest):
    if not os.environ.get("DLINTRO_REQUIRE_RAY"):
        pytest.importorskip("kubernetes_validate")
    import kubernetes_validate

    kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


def test_a_manifest_with_a_misspelt_field_is_noticed():
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    wrong = {**MANIFESTS[0], "metdata": {}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize("manifest", PODS, ids=named)
def test_no_pod_is_root_or_writes_to_its_image_or_talks_to_the_cluster(manifest):
    pod = manifest["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "memory" in container["resources"]["limits"]


def test_services_and_policies_select_pods_that_there_are():
    labels = [each["spec"]["template"]["metadata"]["labels"] for each in PODS]
    for each in MANIFESTS:
        if each["kind"] == "Service":
            wanted = each["spec"]["selector"]
        elif each["kind"] == "NetworkPolicy":
            wanted = each["spec"]["podSelector"].get("matchLabels", {})
        else:
            continue
        assert any(wanted.items() <= pod.items() for pod in labels), named(each)


def test_addresses_name_services_that_there_are_and_ports_that_they_have():
    services = {
        each["metadata"]["name"]: {port["port"] for port in each["spec"]["ports"]}
        for each in MANIFESTS
        if each["kind"] == "Service"
    }
    said = "\n".join(path.read_text() for path in KUBERNETES.glob("*.yaml"))
    addresses = re.findall(r"(?:http://|--address=|@)([a-z-]+)(?::(\d+))?", said)
    assert {name for name, _ in addresses} == {"ray-head", "database"}
    assert all(int(port) in services[name] for name, port in addresses if port)


def test_every_pod_may_be_reached_only_by_those_named():
    policies = {
        each["metadata"]["name"]: each["spec"] for each in MANIFESTS if each["kind"] == "NetworkPolicy"
    }
    everybody = policies.pop("nothing-but-names")
    assert (everybody["podSelector"], everybody["policyTypes"]) == ({}, ["Ingress", "Egress"])
    assert "ingress" not in everybody
    for policy in policies.values():
        assert all(rule.get("from") for rule in policy["ingress"])


def environments():
    """What each container is given, with the defaults of compose, and something for what has none."""
    for name, service in COMPOSE["services"].items():
        given = service.get("environment", {})
        filled = {
            key: re.sub(r"\$\{\w+:(?:-([^}]*)|\?[^}]*)\}", r"\1", str(each)) for key, each in given.items()
        }
        yield name, {key: each or "long" for key, each in filled.items()}
    for pod in PODS:
        for container in pod["spec"]["template"]["spec"]["containers"]:
            yield named(pod), {each["name"]: each.get("value", "long") for each in container.get("env", ())}
    for each in MANIFESTS:
        if each["kind"] == "ConfigMap":
            yield named(each), each["data"]


@pytest.mark.parametrize(("name", "given"), list(environments()))
def test_settings_that_are_given_exist_and_are_understood(name, given):
    ours = {key: value for key, value in given.items() if key.startswith("DLINTRO_")}
    assert set(ours) <= OURS
    Settings.from_environ(ours)


def test_no_secret_is_written_down():
    for path in (*KUBERNETES.glob("*.yaml"), REPOSITORY / "compose.scale.yaml"):
        for name, value in re.findall(
            r"^ *(\w*(?:SECRET|TOKEN|PASSWORD)): *(\S+)", path.read_text(), re.MULTILINE
        ):
            assert value.startswith("${"), f"{path.name}: {name}"


@pytest.mark.parametrize("name", ["gallery-1", "gallery-2", "ray-head", "ray-worker"])
def test_our_containers_have_no_rights_and_no_way_out(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["networks"] == ["inside"]
    assert "ports" not in service
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_only_the_proxy_is_open_to_the_outside():
    assert [name for name, each in COMPOSE["services"].items() if "ports" in each] == ["proxy"]


def test_what_compose_waits_for_exists_and_can_say_that_it_is_ready():
    for name, service in COMPOSE["services"].items():
        waits = service.get("depends_on", {})
        for other in waits:
            assert other in COMPOSE["services"], name
            if isinstance(waits, dict) and waits[other]["condition"] == "service_healthy":
                image = COMPOSE["services"][other]
                assert "healthcheck" in image or image["image"] == "dlintro:latest"  # has one of its own


def test_the_proxy_names_the_galleries_that_there_are():
    galleries = {name for name, each in COMPOSE["services"].items() if each["image"] == "dlintro:latest"}
    said = (REPOSITORY / "deploy" / "nginx.conf").read_text()
    assert set(re.findall(r"server ([a-z0-9-]+):8501", said)) == galleries
