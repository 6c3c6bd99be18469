package io.retort.compress;

import io.retort.config.SettingException;

/** A setting asks for more than a network of this structure, or with these weights, allows. The problem says how far it goes. */
public final class UnreachableException extends SettingException {
    private static final long serialVersionUID = 1L;

    public UnreachableException(String key, String problem) {
        super(key, problem);
    }
}
