package dev.sharegpt4v.runtime.accelerator;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ExecutionFailure.Kind;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a failure of a device means, by CUDA's number for it or by the words of those who report it.
 *
 * <p>Source: driver_types.h of CUDA 12; the messages of ONNX Runtime 1.29 ("CUDA failure 700: an illegal memory access was
 * encountered ; GPU=0 ; hostname=…", "Failed to allocate memory for requested buffer of size …").
 */
public final class DeviceFailures {

    private static final int OUT_OF_MEMORY = 2;

    /** After these a process can do nothing on the device any more, or there is no device. */
    private static final Set<Integer> LOST = Set.of(
            3, // initialization error
            4, // the driver is shutting down
            45, // the device is in exclusive use
            46, // devices are busy or unavailable
            100, // no device
            101, // invalid device
            201, // invalid context
            214, // uncorrectable ECC error
            220, // uncorrectable NVLink error
            226, // contained error
            700, // illegal memory access
            702, // launch timed out
            709, // context is destroyed
            710, // device-side assert
            714, // hardware stack error
            715, // illegal instruction
            716, // misaligned address
            717, // invalid address space
            718, // invalid program counter
            719, // unspecified launch failure
            721, // tensor memory leak
            802, // the system is not ready
            999 // unknown
            );

    private static final Pattern NUMBER = Pattern.compile("\\bCUDA (?:failure|error) (\\d{1,4})\\b");
    private static final Pattern NO_ROOM = Pattern.compile("failed to allocate|out of memory|bad_alloc|alloc_failed"
            + "|is smaller than requested bytes|cudaerrormemoryallocation");
    private static final Pattern LOSS = Pattern.compile("illegal memory access|unspecified launch failure"
            + "|device-side assert|uncorrectable (?:ecc|nvlink)|\\becc error|launch timed out|illegal instruction"
            + "|misaligned address|hardware stack error|invalid program counter|has fallen off the bus"
            + "|busy or unavailable|no cuda-capable device");

    private DeviceFailures() {}

    /** The failure of a call with CUDA's number; {@code what} says what was tried. */
    public static ExecutionFailure of(int number, String text, String what) {
        Kind kind = kindOf(number).orElse(Kind.FATAL);
        return new ExecutionFailure(kind, "CUDA error %d: %s (%s)".formatted(number, text, what));
    }

    /** What a message means; {@code otherwise} where it says nothing of a device. */
    public static Kind kind(String message, Kind otherwise) {
        return known(message).orElse(otherwise);
    }

    /** Whether the device is gone, as far as the message says. */
    public static boolean isLoss(ExecutionFailure failure) {
        String message = failure.getMessage();
        return failure.kind() == Kind.FATAL
                && message != null
                && known(message).filter(Kind.FATAL::equals).isPresent();
    }

    private static Optional<Kind> known(String message) {
        Matcher number = NUMBER.matcher(message);
        if (number.find()) {
            Optional<Kind> kind = kindOf(Integer.parseInt(number.group(1)));
            if (kind.isPresent()) {
                return kind;
            }
        }
        String words = message.toLowerCase(Locale.ROOT);
        if (LOSS.matcher(words).find()) {
            return Optional.of(Kind.FATAL);
        }
        return NO_ROOM.matcher(words).find() ? Optional.of(Kind.OUT_OF_MEMORY) : Optional.empty();
    }

    private static Optional<Kind> kindOf(int number) {
        if (number == OUT_OF_MEMORY) {
            return Optional.of(Kind.OUT_OF_MEMORY);
        }
        return LOST.contains(number) ? Optional.of(Kind.FATAL) : Optional.empty();
    }
}
