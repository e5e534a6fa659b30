package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelExecutor;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Runs generations with continuous batching on one executor. Thread-safe: any thread may submit.
 *
 * <p>Owns the engine thread and the encoder thread, and closes the executor and the encoder.
 */
public final class Engine implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Engine.class.getName());

    private final ModelExecutor executor;
    private final ImageEncoder encoder;
    private final EngineOptions options;
    private final EngineLoop loop;
    private final EncodeQueue encodes;
    private final LinkedBlockingQueue<Command> commands = new LinkedBlockingQueue<>();
    private final AtomicLong arrivals = new AtomicLong();
    private final AtomicInteger live = new AtomicInteger();
    private final ImageBudget images;
    private final Thread engineThread;
    private final Thread encoderThread;
    private volatile EngineSnapshot snapshot;
    private volatile boolean draining;
    private volatile boolean closed;
    private volatile boolean ended;

    private Engine(ModelExecutor executor, ImageEncoder encoder, EngineOptions options, EngineListener listener) {
        this.executor = executor;
        this.encoder = encoder;
        this.options = options;
        this.images = new ImageBudget(options.imageBytes());
        this.encodes = new EncodeQueue(encoder, listener, commands::add);
        this.loop = new EngineLoop(
                executor,
                options,
                new CountingListener(listener),
                new FeatureStore(
                        encodes, options.featureBytes(), executor.shape().hiddenSize()),
                System::nanoTime);
        this.snapshot = loop.snapshot(0);
        this.engineThread = Thread.ofPlatform().name("engine").daemon().unstarted(this::run);
        this.encoderThread = Thread.ofPlatform().name("encoder").daemon().unstarted(encodes::run);
    }

    /** Starts an engine. */
    public static Engine start(
            ModelExecutor executor, ImageEncoder encoder, EngineOptions options, EngineListener listener) {
        Engine engine = new Engine(executor, encoder, options, listener);
        engine.engineThread.start();
        engine.encoderThread.start();
        return engine;
    }

    /** The model's sizes. */
    public ModelShape shape() {
        return executor.shape();
    }

    /**
     * Queues a request.
     *
     * @throws EngineException when it can never fit, the queue is full, or the engine takes no more
     */
    public Generation submit(GenerationRequest request) {
        return submitAll(List.of(request)).getFirst();
    }

    /**
     * Queues requests together: all of them or none, and none runs before all are queued. Equal prompts are computed once.
     *
     * @return the generations, in the order of the requests
     * @throws EngineException when one can never fit, the queue is full, or the engine takes no more
     */
    public List<Generation> submitAll(List<GenerationRequest> requests) {
        requireOpen();
        requests.forEach(this::requireFit);
        images.requireFit(requests);
        int most = mostLive();
        if (requests.size() > most) {
            throw new EngineException.TooMany(
                    "%d completions are asked for, and %d can be under way".formatted(requests.size(), most));
        }
        admit(requests.size(), () -> images.take(requests));
        List<Sequence> sequences = requests.stream().map(this::sequence).toList();
        send(new Command.Submit(sequences));
        return sequences.stream().<Generation>map(Sequence::handle).toList();
    }

    /**
     * The features of an image, which are encoded unless they are kept from before; cancel to give them up.
     *
     * @return completed by the engine, with an {@link EngineException} where the device fails
     * @throws EngineException when the queue is full, or the engine takes no more
     */
    public CompletableFuture<ImageFeatures> encode(ImageInput image) {
        requireOpen();
        admit(1, () -> images.take(image));
        CompletableFuture<ImageFeatures> answer = new CompletableFuture<>();
        CompletableFuture<ImageFeatures> _ = answer.whenComplete((_, _) -> {
            live.decrementAndGet();
            images.giveBack(image);
            if (answer.isCancelled()) {
                commands.add(new Command.Forget(image));
            }
        });
        send(new Command.Ask(image, answer));
        return answer;
    }

    /** What comes when the engine has just ended is told so, since its thread reads nothing more. */
    private void send(Command command) {
        commands.add(command);
        if (ended) {
            end();
        }
    }

    /** The loop is the engine thread's until that ends; then it is whose who are late, one at a time. */
    private synchronized void end() {
        ended = true;
        takeCommands();
        loop.failAll(new EngineException.ShuttingDown("the engine was closed"));
    }

    private void requireOpen() {
        if (draining || closed || !snapshot.healthy()) {
            throw new EngineException.ShuttingDown("the engine takes no more requests");
        }
    }

    private int mostLive() {
        return options.maxQueued() + options.maxRunning();
    }

    /** Counts so many as live, with their images, or leaves all as it was. */
    private void admit(int count, BooleanSupplier takeImages) {
        if (live.addAndGet(count) > mostLive()) {
            live.addAndGet(-count);
            throw new EngineException.QueueFull("the queue of " + options.maxQueued() + " requests is full");
        }
        if (!takeImages.getAsBoolean()) {
            live.addAndGet(-count);
            throw new EngineException.QueueFull(
                    "the images of live requests take all of " + (options.imageBytes() >> 20) + " MB");
        }
    }

    private Sequence sequence(GenerationRequest request) {
        GenerationHandle handle = new GenerationHandle(
                request.id(), arrivals.getAndIncrement(), cancelled -> commands.add(new Command.Cancel(cancelled)));
        long seed = request.sampling()
                .seed()
                .orElseGet(() -> ThreadLocalRandom.current().nextLong());
        return new Sequence(
                request,
                handle,
                new SequenceClock(System::nanoTime),
                seed,
                executor.geometry().blockSize());
    }

    private void requireFit(GenerationRequest request) {
        int prompt = request.prompt().length();
        int context = executor.shape().contextLength();
        if (prompt >= context) {
            throw new EngineException.TooLong(
                    "the prompt has %d positions, and the context %d, one of which the answer needs"
                            .formatted(prompt, context));
        }
        int most = Math.min(context, prompt + request.stop().maxTokens());
        KvGeometry cache = executor.geometry();
        if (cache.blocksFor(most) > cache.blocks()) {
            throw new EngineException.TooLong(
                    "prompt and completion may take %d positions, %d blocks of %d, and the KV cache holds %d, %d blocks"
                            .formatted(
                                    most,
                                    cache.blocksFor(most),
                                    cache.blockSize(),
                                    cache.blocks() * cache.blockSize(),
                                    cache.blocks()));
        }
    }

    /** Bytes of prepared images that live requests hold now. */
    public long imageBytes() {
        return images.held();
    }

    /** The state after the latest step. */
    public EngineSnapshot snapshot() {
        return snapshot;
    }

    /**
     * Takes no more requests and waits for the live ones.
     *
     * @return whether all ended in time
     */
    public boolean drain(Duration timeout) throws InterruptedException {
        draining = true;
        long deadline = System.nanoTime() + timeout.toNanos();
        while (live.get() > 0 && engineThread.isAlive()) {
            if (System.nanoTime() >= deadline) {
                return false;
            }
            engineThread.join(Duration.ofMillis(20));
        }
        return live.get() == 0;
    }

    private void run() {
        try {
            while (!closed) {
                takeCommands();
                if (!runStep()) {
                    publishSnapshot();
                    Command next = commands.poll(1, TimeUnit.SECONDS);
                    if (next != null) {
                        loop.take(next);
                    }
                }
                publishSnapshot();
            }
        } catch (InterruptedException e) {
            closed = true;
        } finally {
            end();
            publishSnapshot();
        }
    }

    /** A defect must not stop the loop: those it hit are told, the others go on. */
    private boolean runStep() {
        try {
            return loop.runOnce();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a step failed unexpectedly", e);
            loop.failAll(new EngineException.DeviceFailed("the engine failed unexpectedly", e));
            return true;
        }
    }

    private void takeCommands() {
        for (Command next = commands.poll(); next != null; next = commands.poll()) {
            loop.take(next);
        }
    }

    private void publishSnapshot() {
        snapshot = loop.snapshot(encodes.size());
    }

    /** Ends what still runs, waits for both threads, and closes executor and encoder. */
    @Override
    public void close() {
        closed = true;
        commands.add(new Command.Wake());
        encodes.close();
        try {
            engineThread.join();
            encoderThread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        executor.close();
        encoder.close();
    }

    /** Counts live requests down, and passes everything on. */
    private final class CountingListener implements EngineListener {
        private final EngineListener next;

        CountingListener(EngineListener next) {
            this.next = next;
        }

        @Override
        public void stepCommitted(StepReport report) {
            next.stepCommitted(report);
        }

        @Override
        public void tokenAfter(GenerationRequest request, long nanos) {
            next.tokenAfter(request, nanos);
        }

        @Override
        public void finished(GenerationRequest request, GenerationEvent.Finished end) {
            ended(request);
            next.finished(request, end);
        }

        @Override
        public void failed(GenerationRequest request, EngineException cause) {
            ended(request);
            next.failed(request, cause);
        }

        private void ended(GenerationRequest request) {
            live.decrementAndGet();
            images.giveBack(request);
        }

        @Override
        public void preempted(GenerationRequest request) {
            next.preempted(request);
        }
    }
}
