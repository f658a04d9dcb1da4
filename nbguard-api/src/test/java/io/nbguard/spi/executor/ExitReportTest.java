package io.nbguard.spi.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.execution.EndReason;
import io.nbguard.api.execution.EngineReport;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.UsageTotals;
import io.nbguard.spi.executor.ExitReport.Exit;
import io.nbguard.spi.executor.ExitReport.Findings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ExitReportTest {

    @Test
    void whatIsNotSetIsNotKnown() {
        assertThat(ExitReport.exited(3).build())
                .isEqualTo(new ExitReport(
                        new Exit(OptionalInt.of(3), OptionalInt.empty(), Optional.empty()),
                        new Findings(Optional.empty(), Optional.empty(), List.of()),
                        Optional.empty(),
                        UsageTotals.UNKNOWN,
                        Optional.empty()));
        assertThat(ExitReport.signalled(9).build().exit())
                .isEqualTo(new Exit(OptionalInt.empty(), OptionalInt.of(9), Optional.empty()));
        assertThat(ExitReport.of(Exit.UNKNOWN).build().exit()).isEqualTo(Exit.UNKNOWN);
    }

    @Test
    void eachFigureComesToItsPlace() {
        Path output = Path.of("out.ipynb");
        Instant at = Instant.ofEpochSecond(5);
        EngineReport engine = EngineReport.of("job-1").build();

        ExitReport report = ExitReport.exited(1)
                .at(at)
                .failure(EndReason.CELL_ERROR)
                .error("ValueError")
                .remark("cut")
                .remark("slow")
                .output(output)
                .cpuTime(CpuTime.ofNanos(7))
                .peakMemory(ByteSize.ofBytes(8))
                .engine(engine)
                .build();

        assertThat(report)
                .isEqualTo(new ExitReport(
                        new Exit(OptionalInt.of(1), OptionalInt.empty(), Optional.of(at)),
                        new Findings(
                                Optional.of(EndReason.CELL_ERROR), Optional.of("ValueError"), List.of("cut", "slow")),
                        Optional.of(output),
                        new UsageTotals(Optional.of(ByteSize.ofBytes(8)), Optional.of(CpuTime.ofNanos(7))),
                        Optional.of(engine)));
    }

    @Test
    void itKeepsItsOwnRemarks() {
        List<String> remarks = new ArrayList<>(List.of("cut"));
        Findings findings = new Findings(Optional.empty(), Optional.empty(), remarks);
        remarks.add("later");

        assertThat(findings.remarks()).containsExactly("cut");
    }

    @Test
    void aNullIsRefusedWhereTheReportIsMadeAndSaysWhatItWas() {
        ExitReport whole = ExitReport.exited(0).build();

        assertThatThrownBy(() -> new Exit(null, OptionalInt.empty(), Optional.empty()))
                .hasMessage("code");
        assertThatThrownBy(() -> new Findings(Optional.empty(), null, List.of()))
                .hasMessage("error");
        assertThatThrownBy(() -> new ExitReport(whole.exit(), whole.findings(), whole.output(), null, whole.engine()))
                .hasMessage("usage");
        assertThatThrownBy(() -> ExitReport.exited(0).remark(null)).hasMessage("clause");
    }
}
