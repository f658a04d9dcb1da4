package io.nbguard.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.UsageTotals;
import java.io.IOException;

/** What an execution used, as JSON: the same fields wherever an execution's record is written. */
public final class UsageJson {

    private UsageJson() {}

    /** Writes {@code peakMemoryBytes} and {@code cpuSeconds} into an object that is already begun. */
    public static void write(JsonGenerator json, UsageTotals usage) throws IOException {
        JsonWriting.whole(json, "peakMemoryBytes", usage.peakMemory().map(ByteSize::bytes));
        JsonWriting.real(json, "cpuSeconds", usage.cpuTime().map(CpuTime::seconds));
    }
}
