package dev.sharegpt4v.models.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a torch zip archive ({@code pytorch_model.bin}): a pickle that names tensors, and their storages. */
final class TorchFile {

    private static final String PICKLE = "data.pkl";
    private static final int PICKLE_PROTOCOL = 0x80;
    private static final int ZIP_LOCAL_SIGNATURE = 0x04034b50;

    private final MappedFile file;
    private final Map<String, MemorySegment> entries;
    private final String top;

    private TorchFile(MappedFile file, Map<String, MemorySegment> entries, String top) {
        this.file = file;
        this.entries = entries;
        this.top = top;
    }

    /** Tensors by the names in the file, in file order. */
    static Map<String, MappedTensor> read(MappedFile file) {
        requireZip(file);
        Map<String, MemorySegment> entries = ZipDirectory.read(file);
        List<String> tops = entries.keySet().stream()
                .filter(name -> name.endsWith("/" + PICKLE) && name.indexOf('/') == name.length() - PICKLE.length() - 1)
                .map(name -> name.substring(0, name.length() - PICKLE.length()))
                .toList();
        if (tops.size() != 1) {
            throw file.malformed("is a zip archive with " + tops.size() + " data.pkl entries instead of one");
        }
        TorchFile torch = new TorchFile(file, entries, tops.getFirst());
        torch.requireLittleEndian();
        return torch.tensors(Unpickler.read(file.path(), torch.entry(PICKLE)));
    }

    /** Before torch 1.6 a checkpoint was a row of pickles; those begin with the protocol's opcode. */
    private static void requireZip(MappedFile file) {
        if (file.size() >= 2 && file.unsignedByte(0) == PICKLE_PROTOCOL) {
            throw file.malformed("was written by torch before 1.6, whose format is not supported; save it again with a"
                    + " newer torch, or as safetensors");
        }
        if (file.size() < 4 || file.intAt(0) != ZIP_LOCAL_SIGNATURE) {
            throw file.malformed("is no torch zip archive");
        }
    }

    private void requireLittleEndian() {
        MemorySegment order = entries.get(top + "byteorder");
        if (order == null) {
            return;
        }
        byte[] text = order.asSlice(0, Math.min(16, order.byteSize())).toArray(ValueLayout.JAVA_BYTE);
        if (!new String(text, StandardCharsets.US_ASCII).equals("little")) {
            throw file.malformed("was not written on a little-endian machine");
        }
    }

    private MemorySegment entry(String name) {
        MemorySegment bytes = entries.get(top + name);
        if (bytes == null) {
            throw file.malformed("lacks the entry " + top + name);
        }
        return bytes;
    }

    private Map<String, MappedTensor> tensors(Pickle root) {
        if (!(root instanceof Pickle.Dict(Map<Pickle, Pickle> items))) {
            throw file.malformed("holds no dict of tensors");
        }
        Map<String, MappedTensor> tensors = new LinkedHashMap<>();
        items.forEach((key, value) -> {
            if (!(key instanceof Pickle.Text(String name)) || !(value instanceof Pickle.Tensor tensor)) {
                throw file.malformed("holds something that is not a named tensor");
            }
            tensors.put(name, view(name, tensor));
        });
        return tensors;
    }

    private MappedTensor view(String name, Pickle.Tensor tensor) {
        Pickle.Storage storage = tensor.storage();
        MemorySegment bytes = entry("data/" + storage.key());
        int width = storage.type().bytes();
        if (storage.elements() > bytes.byteSize() / width || bytes.byteSize() != storage.elements() * width) {
            throw file.malformed("tensor " + name + " has a storage of " + bytes.byteSize() + " bytes instead of "
                    + storage.elements() + " elements of " + width);
        }
        requireInside(name, tensor);
        MemorySegment data = bytes.asSlice(Math.min(tensor.offset(), storage.elements()) * width);
        return MappedTensor.strided(file.path(), name, storage.type(), tensor.shape(), tensor.strides(), data);
    }

    /** A view may skip elements of its storage but not repeat them, so that what is read is bounded by the file. */
    private void requireInside(String name, Pickle.Tensor tensor) {
        ElementType type = tensor.storage().type();
        long available = tensor.storage().elements();
        long elements = ByteCounts.of(file, name, type, tensor.shape()) / type.bytes();
        if (elements > available) {
            throw file.malformed("tensor " + name + " has more elements than its storage");
        }
        if (elements > 0 && lastIndex(name, tensor) >= available) {
            throw file.malformed("tensor " + name + " reaches beyond its storage");
        }
    }

    private long lastIndex(String name, Pickle.Tensor tensor) {
        try {
            long last = tensor.offset();
            for (int i = 0; i < tensor.shape().length; i++) {
                last = Math.addExact(last, Math.multiplyExact(tensor.shape()[i] - 1, tensor.strides()[i]));
            }
            return last;
        } catch (ArithmeticException e) {
            throw new CheckpointException(file.path() + ": tensor " + name + " has strides that overflow", e);
        }
    }
}
