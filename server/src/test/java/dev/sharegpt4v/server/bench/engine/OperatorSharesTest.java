package dev.sharegpt4v.server.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OperatorSharesTest {

    private static final String TRACE = """
            [
            {"cat":"Session","name":"session_initialization","ts":1,"dur":900,"args":{}},
            {"cat":"Node","name":"a_kernel_time","ts":1000,"dur":500,"args":{"op_name":"MatMulNBits"}},
            {"cat":"Session","name":"model_run","ts":1000,"dur":600,"args":{}},
            {"cat":"Node","name":"a_kernel_time","ts":2001,"dur":30,"args":{"op_name":"MatMulNBits"}},
            {"cat":"Node","name":"b_kernel_time","ts":3001,"dur":50,"args":{"op_name":"MatMulNBits"}},
            {"cat":"Node","name":"c_kernel_time","ts":2002,"dur":15,"args":{"op_name":"Mul"}},
            {"cat":"Session","name":"SequentialExecutor::Execute","ts":2000,"dur":98,"args":{}},
            {"cat":"Session","name":"model_run","ts":2000,"dur":60,"args":{}},
            {"cat":"Session","name":"model_run","ts":3000,"dur":40,"args":{}}
            ]
            """;

    @TempDir
    private Path folder;

    @Test
    void timesOfTheLaterRunsAreAddedUpByOperatorAndTheRestIsNamed() throws IOException {
        Path trace = Files.writeString(folder.resolve("trace.json"), TRACE);
        OperatorShares shares = OperatorShares.read(trace);
        assertThat(shares.runs()).isEqualTo(2);
        assertThat(shares.operators())
                .containsExactly(
                        new OperatorShares.Share("MatMulNBits", 2, 80), new OperatorShares.Share("Mul", 1, 15));
        StringWriter text = new StringWriter();
        shares.print(new PrintWriter(text));
        assertThat(text.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .contains("MatMulNBits 1.0 0.040 80.0%", "Mul 0.5 0.008 15.0%", "between operators 0.0 0.003 5.0%");
    }
}
