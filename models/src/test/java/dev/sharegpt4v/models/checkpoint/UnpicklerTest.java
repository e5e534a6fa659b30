package dev.sharegpt4v.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UnpicklerTest {

    @Test
    void valuesAreReadAsPythonWritesThem() {
        // pickletools.dis of pickle.dumps([None, True, False, 255, 65535, -2, 2**40, -1, 0.5, ('é',)], 2)
        byte[] bytes = new PickleBytes()
                .op(0x80, 2, ']', 'q', 0, '(', 'N', 0x88, 0x89, 'K', 255, 'M', 255, 255, 'J')
                .number(-2, 4)
                .op(0x8a, 6)
                .number(1L << 40, 6)
                .op(0x8a, 1, 255, 0x8a, 0, 'G', 0x3f, 0xe0, 0, 0, 0, 0, 0, 0)
                .text("é")
                .op('U', 1, 'a', 0x86, 'r', 1, 0, 0, 0, 'e', '.')
                .bytes();

        assertThat(read(bytes))
                .isEqualTo(new Pickle.Sequence(List.of(
                        new Pickle.Null(),
                        new Pickle.Bool(true),
                        new Pickle.Bool(false),
                        new Pickle.Int(255),
                        new Pickle.Int(65_535),
                        new Pickle.Int(-2),
                        new Pickle.Int(1L << 40),
                        new Pickle.Int(-1),
                        new Pickle.Int(0),
                        new Pickle.Real(0.5),
                        new Pickle.Tuple(List.of(new Pickle.Text("é"), new Pickle.Text("a"))))));
    }

    @ParameterizedTest
    @CsvSource({
        "posix, system",
        "os, system",
        "builtins, eval",
        "torch.storage, _load_from_bytes",
        "torch._utils, _rebuild_tensor_v3",
        "torch, load",
        "torch, UntypedStorage",
        "collections, ordereddict",
        "collections.OrderedDict, ''",
        "'', ''",
    })
    void everyOtherGlobalIsRefusedByName(String module, String name) {
        refused(new PickleBytes().global(module, name).op('.')).withMessageContaining(module + "." + name);
    }

    @Test
    void nothingButWhitelistedFunctionsIsApplied() {
        refused(new PickleBytes().global("torch", "FloatStorage").op(')', 'R', '.'))
                .withMessageContaining("applies");
        refused(new PickleBytes().text("os.system").op(')', 'R', '.')).withMessageContaining("applies");
        refused(new PickleBytes().global("collections", "OrderedDict").op(']', 'R', '.'))
                .withMessageContaining("applies");
        refused(new PickleBytes().global("collections", "OrderedDict").op(']', 0x85, 'R', '.'))
                .withMessageContaining("from arguments");
        refused(new PickleBytes().rebuild().integer(1).op('t', 'R', '.')).withMessageContaining("malformed tensor");
        refused(new PickleBytes().global("torch._utils", "_rebuild_parameter").op(')', 'R', '.'))
                .withMessageContaining("malformed parameter");
    }

    /** Each is an opcode that Python executes, or that only other protocols know. */
    @ParameterizedTest
    @CsvSource({"i", "o", "P", "p", "g", "S", "V", "I", "L", "F", "d", "l", "2", "0", "1"})
    void otherOpcodesAreRefused(char opcode) {
        refused(new PickleBytes().op('(', opcode, '\n', '.'))
                .withMessageContaining("opcode 0x%02x".formatted((int) opcode));
    }

    @Test
    void brokenStacksAndMemosAreRefused() {
        refused(new PickleBytes().op('.')).withMessageContaining("empty stack");
        refused(new PickleBytes().op(0x86, '.')).withMessageContaining("empty stack");
        refused(new PickleBytes().op('N', 't', '.')).withMessageContaining("never opened");
        refused(new PickleBytes().op('h', 3, '.')).withMessageContaining("never stored");
        refused(new PickleBytes().op('q', 0, '.')).withMessageContaining("empty stack");
        refused(new PickleBytes().op('N', 'N', 'a', '.')).withMessageContaining("not a list");
        refused(new PickleBytes().op('N', 'N', 'N', 's', '.')).withMessageContaining("not a dict");
        refused(new PickleBytes().op('}', '(', 'N', 'u', '.')).withMessageContaining("not a dict");
        refused(new PickleBytes().op('}', 'N', 'N', 's', '.')).withMessageContaining("key that is neither");
        refused(new PickleBytes().op('N', 'N', 'b', '.')).withMessageContaining("sets state");
        refused(new PickleBytes().op('N', 'Q', '.')).withMessageContaining("storage reference");
        refused(new PickleBytes().op('}')).withMessageContaining("ends in the middle");
        refused(new PickleBytes().op(0x8a, 9).number(0, 8).op(0, '.')).withMessageContaining("64 bits");
    }

    @Test
    void aDictNamesEachItemOnce() {
        refused(new PickleBytes()
                        .op('}', '(')
                        .text("w")
                        .integer(1)
                        .text("w")
                        .integer(2)
                        .op('u', '.'))
                .withMessageContaining("names w twice");
    }

    @Test
    void textsAreBoundedAndValid() {
        refused(new PickleBytes().op('X').number(0x7FFF_FFFF, 4).op('a', '.')).withMessageContaining("bytes");
        refused(new PickleBytes().op('X').number(-1, 4).op('a', '.')).withMessageContaining("ends in the middle");
        refused(new PickleBytes().text("a".repeat(5_000)).op('.')).withMessageContaining("5000 bytes");
        refused(new PickleBytes().op('U', 1, 0xff, '.')).withMessageContaining("UTF-8");
        refused(new PickleBytes().global("m".repeat(300), "n").op('.')).withMessageContaining("without end");
    }

    @Test
    void valuesAndMemoAreBounded() {
        refused(repeated('N', 1_000_001)).withMessageContaining("more values");
        PickleBytes memo = new PickleBytes().op('N');
        for (int i = 0; i <= 1_000_000; i++) {
            memo.op('r').number(i, 4);
        }
        refused(memo).withMessageContaining("memorises more");
        refused(repeated('N', (16 << 20) + 1)).withMessageContaining("a pickle of");
    }

    @Test
    void deepNestingNeitherOverflowsNorHangs() {
        PickleBytes nested = repeated(')', 1).op(repeatedOps(0x85, 500_000)).op('.');

        assertThat(read(nested.bytes())).isInstanceOf(Pickle.Tuple.class);
    }

    private static PickleBytes repeated(int opcode, int count) {
        return new PickleBytes().op(repeatedOps(opcode, count));
    }

    private static int[] repeatedOps(int opcode, int count) {
        int[] opcodes = new int[count];
        Arrays.fill(opcodes, opcode);
        return opcodes;
    }

    private static Pickle read(byte[] bytes) {
        return Unpickler.read(Path.of("pytorch_model.bin"), MemorySegment.ofArray(bytes));
    }

    private static ThrowableAssertAlternative<CheckpointException> refused(PickleBytes pickle) {
        return assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> read(pickle.bytes()))
                .withMessageStartingWith("pytorch_model.bin: ");
    }
}
