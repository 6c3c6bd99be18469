package io.retort.distill;

import io.retort.network.Network;

/** A trained network, and how its loss went, epochs before a resumption included. */
public record TrainingResult(Network network, TrainingCurve curve) {}
