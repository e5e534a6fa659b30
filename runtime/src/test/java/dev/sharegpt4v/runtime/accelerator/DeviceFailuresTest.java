package dev.sharegpt4v.runtime.accelerator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ExecutionFailure.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DeviceFailuresTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Failed to allocate memory for requested buffer of size 4194304                               | OUT_OF_MEMORY
            BFCArena::AllocateRawInternal Available memory of 1 is smaller than requested bytes of 2     | OUT_OF_MEMORY
            CUDA failure 2: out of memory ; GPU=0 ; hostname=x ; expr=cudaMalloc((void**)&p, size);      | OUT_OF_MEMORY
            CUDA error 2: out of memory (cudaMalloc of 77 bytes)                                         | OUT_OF_MEMORY
            CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0                                         | OUT_OF_MEMORY
            std::bad_alloc                                                                               | OUT_OF_MEMORY
            cudaErrorMemoryAllocation                                                                    | OUT_OF_MEMORY
            CUDA failure 700: an illegal memory access was encountered ; GPU=0                           | FATAL
            CUDA failure 702: the launch timed out and was terminated                                    | FATAL
            CUDA failure 719: unspecified launch failure                                                 | FATAL
            CUDA failure 46: CUDA-capable device(s) is/are busy or unavailable                           | FATAL
            CUDA failure 999: unknown error                                                              | FATAL
            CUDA failure 710: device-side assert triggered                                               | FATAL
            CUDA failure 214: uncorrectable ECC error encountered                                        | FATAL
            CUDA error 100: no CUDA-capable device is detected (cudaSetDevice 0)                         | FATAL
            CUBLAS failure 13: the GPU has fallen off the bus                                            | FATAL
            something: device-side assert triggered                                                      | FATAL
            """)
    void messagesOfDevicesHaveAMeaning(String message, Kind expected) {
        for (Kind otherwise : Kind.values()) {
            assertThat(DeviceFailures.kind(message, otherwise)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Non-zero status code returned while running Gather node: indices out of bounds",
                "CUDA failure 1: invalid argument ; GPU=0 ; hostname=spec-host",
                "CUDA failure 901: operation failed due to a previous error during capture",
                "Invalid rank for input: input_ids",
                "the file 700 of the ECCO model is damaged",
                ""
            })
    void otherMessagesKeepTheirKind(String message) {
        for (Kind otherwise : Kind.values()) {
            assertThat(DeviceFailures.kind(message, otherwise)).isEqualTo(otherwise);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, OUT_OF_MEMORY", "700, FATAL", "46, FATAL", "1, FATAL", "900, FATAL"})
    void numbersOfCallsHaveAKindAndATextThatIsUnderstoodAgain(int number, Kind expected) {
        ExecutionFailure failure = DeviceFailures.of(number, "words", "cudaCall of 5 bytes");
        assertThat(failure.kind()).isEqualTo(expected);
        assertThat(failure).hasMessageContaining(Integer.toString(number)).hasMessageContaining("words (cudaCall");
        assertThat(DeviceFailures.kind(String.valueOf(failure.getMessage()), expected))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "FATAL, CUDA failure 700: x, true",
        "FATAL, CUDA failure 901: x, false",
        "FATAL, Invalid rank, false",
        "OUT_OF_MEMORY, CUDA failure 2: out of memory, false",
        "RETRYABLE, unspecified launch failure, false"
    })
    void aDeviceIsLostOnlyWhereTheMessageSaysSo(Kind kind, String message, boolean lost) {
        assertThat(DeviceFailures.isLoss(new ExecutionFailure(kind, message))).isEqualTo(lost);
    }
}
