package org.nd4j.nativeblas;

import org.nd4j.linalg.factory.Nd4j;

/**
 * Lets DL4J 1.0.0-M2 find out that oneDNN is there.
 *
 * <p>DL4J's oneDNN helpers ({@code BaseMKLDNNHelper.mklDnnEnabled}) look this name up by reflection, ask it {@link #isUseMKLDNN}, and
 * silently fall back to code that is several times slower when the class is missing. The class moved to another package in M2, but the lookup
 * did not. Package and name must therefore be exactly these.
 */
@SuppressWarnings({"ClassNamedLikeTypeParameter", "checkstyle:TypeName"}) // the name is DL4J's, see above
public final class Nd4jCpu$Environment {
    private static final Nd4jCpu$Environment INSTANCE = new Nd4jCpu$Environment();

    private Nd4jCpu$Environment() {}

    public static Nd4jCpu$Environment getInstance() {
        return INSTANCE;
    }

    public boolean isUseMKLDNN() {
        return Nd4j.getEnvironment().helpersAllowed();
    }
}
