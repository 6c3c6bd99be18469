package io.retort.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a component of settings that others expect to be a list: what to do instead of writing one. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface SingleValue {
    /** Follows the message that a list was found. */
    String insteadOfList();
}
