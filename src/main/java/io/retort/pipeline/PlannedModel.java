package io.retort.pipeline;

import io.retort.predict.ModelFacts;
import io.retort.predict.ModelHandle;

/**
 * A model of a teacher that was made elsewhere: it is asked, and nothing is known of its layers.
 *
 * @param title what progress, manifest and report call it
 */
public record PlannedModel(String title, ModelHandle model, ModelFacts facts) {}
