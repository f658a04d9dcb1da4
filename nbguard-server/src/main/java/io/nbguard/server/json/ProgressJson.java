package io.nbguard.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.measure.Progress;
import java.io.IOException;

/** How far an execution has come, as JSON: the same fields wherever an execution is written. */
public final class ProgressJson {

    private ProgressJson() {}

    /** Writes {@code cellsDone} and {@code cellsTotal} into an object that is already begun. */
    public static void write(JsonGenerator json, Progress progress) throws IOException {
        json.writeNumberField("cellsDone", progress.cellsDone());
        JsonWriting.number(json, "cellsTotal", progress.cellsTotal());
    }
}
