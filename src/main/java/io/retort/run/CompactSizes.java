package io.retort.run;

import io.retort.network.BatchNormFolding;
import io.retort.network.Cost;
import io.retort.network.Network;
import io.retort.network.compact.CompactFile;
import io.retort.report.StudentSection.CompactSection;
import java.util.List;

/**
 * What the stages of a student take as compact files, each beside the float32 parameters of the student as it was
 * distilled.
 */
final class CompactSizes {
    private final List<CompactFile.Form> forms;
    private final long parameters;

    /** @param distilled whose trained parameters, 4 bytes each, are what a file is compared with */
    CompactSizes(List<CompactFile.Form> forms, Network distilled) {
        this.forms = forms;
        this.parameters = Cost.of(distilled.structure()).trainedParameters();
    }

    List<CompactSection> of(Assessment.Assessed assessed) {
        return forms.stream().map(form -> of(assessed, form)).toList();
    }

    private CompactSection of(Assessment.Assessed assessed, CompactFile.Form form) {
        CompactFile.Sizes sizes =
                CompactFile.sizes(served(assessed), assessed.form().quantization(), form);
        double ratio = (double) (Float.BYTES * parameters) / sizes.coded();
        return new CompactSection(form.title(), sizes.coded(), sizes.uncoded(), sizes.dense(), ratio);
    }

    /**
     * The network that a compact file holds: nobody trains it any more, so BatchNorm is folded, as it is in the ONNX
     * file.
     */
    static Network served(Assessment.Assessed assessed) {
        return BatchNormFolding.fold(assessed.network());
    }
}
