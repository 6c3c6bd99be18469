package io.retort.config;

import java.util.Map;

/** Settings of which some have no effect beside others. Neither recipes nor content addresses have those. */
public interface PartlyIdle {
    /**
     * Settings without effect, each with the reason, to follow "for".
     *
     * <p>A key is a path below this record, in kebab-case, such as {@code training} or {@code test.vocabulary}.
     */
    Map<String, String> idle();

    /** The idle settings of a record; none of a record that has no such settings. */
    static Map<String, String> of(Object settings) {
        return settings instanceof PartlyIdle partly ? partly.idle() : Map.of();
    }
}
