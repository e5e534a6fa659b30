package dev.sharegpt4v.runtime.accelerator;

import java.util.Set;

/**
 * An opened graph whose inputs and outputs stay in memory of ours. One thread at a time; with captures, always the same one.
 */
public interface StepGraph extends AutoCloseable {

    /** A run that is neither captured nor replayed. */
    int NO_CAPTURE = -1;

    /** Names of all inputs. */
    Set<String> inputs();

    /** A binding without tensors. */
    Binding newBinding();

    /** Frees what was captured under a number; nothing where nothing was. */
    void releaseCapture(int number);

    @Override
    void close();

    /** Which memory inputs are read from and outputs are written to. */
    interface Binding extends AutoCloseable {

        /** Binds an input, in the place of what was bound under its name. */
        void input(BoundTensor tensor);

        /** Binds an output, in the place of what was bound under its name. */
        void output(BoundTensor tensor);

        /**
         * Queues a run on the device's stream.
         *
         * @param capture {@link #NO_CAPTURE}, or a positive number: the first run under a number is captured, after runs that
         *     warm up, and later ones replay what was captured, with the addresses, the shapes and all host memory as they
         *     were then
         * @throws dev.sharegpt4v.runtime.execution.ExecutionFailure when the device fails
         */
        void run(int capture);

        @Override
        void close();
    }
}
