package io.retort.engine.onnx.run;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.retort.storage.ArtifactException;

/**
 * Where a tensor's values lie when they are in a file beside the model.
 *
 * @param location the file, beside the model; the file's author chose it
 * @param offset of the first byte
 * @param bytes nothing (−1) where they reach to the end of the file
 */
record ExternalData(String tensor, String location, long offset, long bytes) {
    private static final long UNTIL_THE_END = -1;

    static ExternalData of(TensorProto tensor) {
        String location = "";
        long offset = 0;
        long bytes = UNTIL_THE_END;
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            switch (entry.getKey()) {
                case "location" -> location = entry.getValue();
                case "offset" -> offset = number(tensor, entry);
                case "length" -> bytes = number(tensor, entry);
                default -> {} // a checksum, or what later versions add
            }
        }
        ExternalData data = new ExternalData(tensor.getName(), location, offset, bytes);
        data.requireInside();
        return data;
    }

    private static long number(TensorProto tensor, StringStringEntryProto entry) {
        try {
            long number = Long.parseLong(entry.getValue());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw new ArtifactException("tensor '" + tensor.getName() + "' has the external " + entry.getKey() + " '"
                + entry.getValue() + "', which must be a whole number of at least 0; the file is damaged");
    }

    /** Refuses a location that is not plainly a file beside the model. Links are for whoever opens it to look at. */
    private void requireInside() {
        boolean plain = !location.isEmpty()
                && !location.equals(".")
                && !location.equals("..")
                && location.chars().noneMatch(character -> "/\\:\0".indexOf(character) >= 0);
        if (!plain) {
            throw outside("'" + location + "'");
        }
    }

    ArtifactException outside(String where) {
        return new ArtifactException("tensor '" + tensor + "' is stored in " + where
                + ", which is not in the model's folder, and nothing else is opened; save the model in one file,"
                + " or with its data beside it");
    }

    /** Refuses a file that is too short for the tensor. */
    void requireFits(long fileBytes, long tensorBytes) {
        long needed = bytes == UNTIL_THE_END ? tensorBytes : bytes;
        if (tensorBytes != needed) {
            throw new ArtifactException("tensor '" + tensor + "' needs " + tensorBytes + " bytes, but " + needed
                    + " of '" + location + "' are said to be its own; the model is damaged");
        }
        if (offset > fileBytes || needed > fileBytes - offset) {
            throw new ArtifactException("tensor '" + tensor + "' needs " + needed + " bytes from " + offset + " on in '"
                    + location + "', which has " + fileBytes + "; the file is truncated, so copy it again");
        }
    }
}
