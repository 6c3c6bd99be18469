package io.retort.teacher;

import io.retort.data.tokenize.TokenizerSettings;
import io.retort.storage.Storage;
import java.util.Optional;

/** A tokenizer's file, which is part of a teacher from elsewhere. */
record SavedTokenizer(TokenizerSettings settings) implements SavedModel {
    @Override
    public String path() {
        return settings.path();
    }

    @Override
    public String digest(Storage storage) {
        return settings.file(storage).digest();
    }

    @Override
    public Optional<String> problem(Storage storage) {
        return settings.problem(storage);
    }
}
