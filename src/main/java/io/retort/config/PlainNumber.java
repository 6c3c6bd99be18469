package io.retort.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On the base of a catalogue: a plain number may stand for one of its kinds, whose only setting it is. It is also that kind's canonical text. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface PlainNumber {
    /** The name of the kind. */
    String value();
}
