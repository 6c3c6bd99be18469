package io.retort.config;

import io.retort.config.Catalogue.Kind;
import java.util.List;

/** A small recipe with two catalogues, for the tests of this package. */
final class SampleCatalogue {
    static final Catalogue<LossSettings> LOSSES = Catalogue.of(
            "losses",
            LossSettings.class,
            new Kind<>("cross-entropy", CrossEntropy.class, "hard labels", "none"),
            new Kind<>("soft-target", SoftTarget.class, "soft labels", "arXiv:1503.02531"));
    static final Catalogue<StepSettings> STEPS = Catalogue.of(
            "steps",
            StepSettings.class,
            new Kind<>("fine-tune", FineTune.class, "trains on", "none"),
            new Kind<>("prune", Prune.class, "removes channels", "none"));

    static final Reference REFERENCE = Reference.parse("""
            name = unnamed
            defaults {
              students { epochs = 3, losses = [cross-entropy], compress = [] }
              losses {
                cross-entropy { label-smoothing = 0 }
                soft-target { temperature = 4 }
              }
              steps {
                prune { ratio = 0.5 }
              }
            }
            """);

    static final Binder BINDER = Binder.with(LOSSES, STEPS);

    private SampleCatalogue() {}

    interface LossSettings {}

    record CrossEntropy(double labelSmoothing) implements LossSettings {}

    record SoftTarget(double temperature) implements LossSettings {
        SoftTarget {
            if (!(temperature > 0)) {
                throw new SettingException("temperature", "must be > 0, was " + temperature);
            }
        }
    }

    interface StepSettings {}

    record FineTune(int epochs) implements StepSettings {}

    record Prune(double ratio) implements StepSettings {
        Prune {
            if (!(ratio >= 0 && ratio < 1)) {
                throw new SettingException(
                        "ratio", "must be in [0, 1), was " + ratio + "; 1 would remove every channel");
            }
        }
    }

    record Student(String name, int epochs, List<LossSettings> losses, List<StepSettings> compress) {}

    record Recipe(String name, List<Student> students) {}

    static Recipe bind(String hocon) {
        return BINDER.bind(source(hocon), Recipe.class);
    }

    static ConfigSource source(String hocon) {
        return ConfigSource.text("conf/cifar10.conf", hocon).withReference(REFERENCE);
    }
}
