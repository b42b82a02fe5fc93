"""A support vector machine for each kind, on one shared table of likenesses: quick enough for a visitor."""

from __future__ import annotations

import numpy as np
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC


class OneAgainstAll:
    """One border for each kind, this one against all others (Cortes and Vapnik 1995; radial basis functions).

    The same as scikit-learn's `OneVsRestClassifier(SVC(C=c, gamma=gamma))` on standardised features, but the
    likenesses of all pairs are computed once, not once for each kind.
    """

    def __init__(self, features: np.ndarray, kinds: np.ndarray, *, c: float, gamma: float = 1.0) -> None:
        """Learn from (N, D) features and (N,) kinds, 0 to K - 1; `gamma` is in units of 1 / D."""
        self._scaler = StandardScaler().fit(features)
        self.memory: np.ndarray = self._scaler.transform(features)
        self._gamma = gamma / features.shape[1]
        likeness = rbf_kernel(self.memory, gamma=self._gamma)
        count = int(kinds.max()) + 1
        self._weights, self._offsets = np.zeros((len(features), count)), np.zeros(count)
        for kind in range(count):
            machine = SVC(C=c, kernel="precomputed").fit(likeness, kinds == kind)
            self._weights[machine.support_, kind] = machine.dual_coef_[0]
            self._offsets[kind] = machine.intercept_[0]

    def scaled(self, features: np.ndarray) -> np.ndarray:
        """(N, D) in units of each feature's spread over what was learned, as `memory` is."""
        scaled: np.ndarray = self._scaler.transform(features)
        return scaled

    def logits(self, scaled: np.ndarray) -> np.ndarray:
        """How far on its side of each border, (N, K), of what `scaled` gave."""
        found: np.ndarray = rbf_kernel(scaled, self.memory, gamma=self._gamma) @ self._weights + self._offsets
        return found
