package dev.sharegpt4v.models.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads a torch zip archive ({@code pytorch_model.bin}): a pickle that names tensors, and their storages. */
final class TorchFile {

    private final MappedFile file;
    private final Map<String, MemorySegment> entries;
    private final String top;

    private TorchFile(MappedFile file, Map<String, MemorySegment> entries, String top) {
        this.file = file;
        this.entries = entries;
        this.top = top;
    }

    /** Tensors by the names in the file, in file order. */
    static Map<String, TensorView> read(MappedFile file) {
        Map<String, MemorySegment> entries = ZipDirectory.read(file);
        String pickleName = entries.keySet().stream()
                .filter(name -> name.endsWith("/data.pkl") && name.indexOf('/') == name.length() - "/data.pkl".length())
                .findFirst()
                .orElseThrow(() -> file.malformed("is a zip archive without data.pkl"));
        String top = pickleName.substring(0, pickleName.length() - "data.pkl".length());
        Pickle root = Unpickler.read(file.path(), entry(file, entries, pickleName));
        return new TorchFile(file, entries, top).tensors(root);
    }

    private static MemorySegment entry(MappedFile file, Map<String, MemorySegment> entries, String name) {
        MemorySegment bytes = entries.get(name);
        if (bytes == null) {
            throw file.malformed("lacks the entry " + name);
        }
        return bytes;
    }

    private Map<String, TensorView> tensors(Pickle root) {
        if (!(root instanceof Pickle.Dict(Map<Pickle, Pickle> items))) {
            throw file.malformed("holds no dict of tensors");
        }
        MemorySegment byteOrder = entries.get(top + "byteorder");
        if (byteOrder != null && byteOrder.byteSize() == 3) {
            throw file.malformed("was written on a big-endian machine");
        }
        Map<String, TensorView> tensors = new LinkedHashMap<>();
        items.forEach((key, value) -> {
            if (key instanceof Pickle.Text(String name) && value instanceof Pickle.Tensor tensor) {
                tensors.put(name, view(name, tensor));
            } else {
                throw file.malformed("holds something that is not a named tensor");
            }
        });
        return tensors;
    }

    private TensorView view(String name, Pickle.Tensor tensor) {
        Pickle.Storage storage = tensor.storage();
        MemorySegment bytes = entry(file, entries, top + "data/" + storage.key());
        int width = storage.type().bytes();
        if (storage.elements() > bytes.byteSize() / width || bytes.byteSize() != storage.elements() * width) {
            throw file.malformed("tensor " + name + " has a storage of " + bytes.byteSize() + " bytes instead of "
                    + storage.elements() + " elements of " + width);
        }
        requireInside(name, tensor);
        MemorySegment data = bytes.asSlice(Math.min(tensor.offset(), storage.elements()) * width);
        return MappedTensor.strided(name, storage.type(), tensor.shape(), tensor.strides(), data);
    }

    private void requireInside(String name, Pickle.Tensor tensor) {
        try {
            ByteCounts.of(file, name, tensor.storage().type(), tensor.shape());
            long last = tensor.offset();
            boolean empty = false;
            for (int i = 0; i < tensor.shape().length; i++) {
                empty |= tensor.shape()[i] == 0;
                last = Math.addExact(last, Math.multiplyExact(Math.max(0, tensor.shape()[i] - 1), tensor.strides()[i]));
            }
            if (!empty && last >= tensor.storage().elements()) {
                throw file.malformed("tensor " + name + " reaches beyond its storage");
            }
        } catch (ArithmeticException e) {
            throw new CheckpointException(file.path() + ": tensor " + name + " has strides that overflow", e);
        }
    }
}
