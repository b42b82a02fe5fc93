"""Which shall I learn? What each is used for, with dated sources; no verdict that the figures don't give."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.ui.frame import first_result, table

ROWS = (
    ("PyTorch", "Since 2022 of the Linux Foundation. Compiles with `torch.compile` since version 2.0 (2023).",
     "[2022](https://pytorch.org/blog/PyTorchfoundation/), [2023](https://pytorch.org/get-started/pytorch-2-x/)"),
    ("TensorFlow", "On native Windows its last version with GPUs was 2.10 (2022).",
     "[2022](https://www.tensorflow.org/install/pip)"),
    ("Keras", "Since version 3 (2023) its layers run on TensorFlow, JAX or PyTorch.",
     "[2023](https://keras.io/keras_3/)"),
    ("JAX", "NumPy's functions with gradients and a compiler; layers come from other libraries, as Flax.",
     "[its documentation](https://docs.jax.dev/)"),
)  # fmt: skip
GONE = (
    (
        "Theano",
        "its makers announced the end in 2017",
        "[2017](https://groups.google.com/g/theano-users/c/7Poq8BZutbY)",
    ),
    (
        "Caffe2",
        "became a part of PyTorch in 2018",
        "[2018](https://caffe2.ai/blog/2018/05/02/Caffe2_PyTorch_1_0.html)",
    ),
    (
        "MXNet",
        "was retired by the Apache foundation in 2023",
        "[2023](https://attic.apache.org/projects/mxnet.html)",
    ),
)


def which() -> None:
    """The course's sentence, and what has changed since."""
    with first_result():
        st.markdown(
            "The course said: **“you can do nothing wrong”**. The three curves say so, too: the same network "
            "learns the same thing in each of them. What you learn about one, you know of the others."
        )
        table(("", "What to know of it", "Source"), ROWS)
    st.subheader("What has changed since", anchor=False)
    table(("", "What became of it", "Source"), GONE)
    st.caption(
        "So choosing wrong was possible: some are gone. What outlived them is the ideas: layers, loss, "
        "gradients, steps. Networks go from one to another as files: this one as safetensors, and as ONNX. "
        "These links lead out of the gallery, and need the internet; what they say is as of November 2026."
    )
    st.markdown(
        "What would decide it? Who you work with, which models you want to start from, and where the network "
        "must run in the end. Not the milliseconds of “The same curve”: the next version may turn them round."
    )
