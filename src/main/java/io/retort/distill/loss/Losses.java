package io.retort.distill.loss;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import io.retort.config.Catalogue;
import io.retort.config.Kind;
import java.util.List;

/** The kinds of losses, sorted by name. */
public final class Losses {
    public static final Catalogue<LossSettings> CATALOGUE = Catalogue.of(
            "losses",
            LossSettings.class,
            new Kind<>(
                    "cross-entropy",
                    CrossEntropyLoss.Settings.class,
                    "cross-entropy with the labels, smoothed if wanted",
                    "Szegedy et al. 2016, arXiv:1512.00567"),
            new Kind<>(
                    "soft-target",
                    SoftTargetLoss.Settings.class,
                    "T² · KL from the teacher's to the student's softened distribution",
                    "Hinton et al. 2015, arXiv:1503.02531"));

    private static final ObjectMapper JSON = mapper();

    private Losses() {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    private interface ByKind {}

    private record Listing(List<LossSettings> losses) {}

    /** Losses as JSON, each named by its kind. */
    static String toJson(List<LossSettings> losses) {
        try {
            return JSON.writeValueAsString(new Listing(losses));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write the losses " + losses + " as JSON", e);
        }
    }

    static List<LossSettings> fromJson(String json) {
        try {
            return JSON.readValue(json, Listing.class).losses();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a list of losses: " + json, e);
        }
    }

    private static ObjectMapper mapper() {
        ObjectMapper mapper = new ObjectMapper().addMixIn(LossSettings.class, ByKind.class);
        CATALOGUE.kinds().forEach(kind -> mapper.registerSubtypes(new NamedType(kind.settings(), kind.name())));
        return mapper;
    }
}
