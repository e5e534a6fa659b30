package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.batch.Batches;
import dev.sharegpt4v.server.batch.DataFolder;
import dev.sharegpt4v.server.batch.FileStore;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.telemetry.ServerMetrics;
import io.helidon.webserver.http.Handler;
import java.util.List;

/** The routes over a data folder; where a server has none, they say so. */
final class DataRoutes {

    private DataRoutes() {}

    static List<Route> none() {
        Handler refusal = (_, _) -> {
            throw ApiException.exchange(
                    404,
                    "batches_disabled",
                    "This server keeps neither files nor batches; it was started without --data-dir.");
        };
        return routes(refusal, refusal, refusal, refusal, refusal, refusal, refusal, refusal, refusal);
    }

    static List<Route> of(
            HttpLimits limits, AdmissionGate gate, DataFolder folder, Batches batches, ServerMetrics metrics) {
        FileStore files = folder.files();
        metrics.watchSize("stored_files_bytes", "Files of clients and results of batches", files::bytes);
        metrics.watchCount("files", "Files that are kept", files::count);
        metrics.watchCount("batches_unfinished", "Batches that wait or run", batches::unfinished);
        metrics.watchCount("batch_lines_running", "Lines of batches that are answered now", batches::linesUnderWay);
        metrics.watchCount("batch_lines_waiting", "Lines of batches that wait for their turn", batches::linesWaiting);
        FilesEndpoints file = new FilesEndpoints(files, limits, gate);
        BatchesEndpoints batch = new BatchesEndpoints(batches, limits, gate);
        return routes(
                file::upload,
                file::list,
                file::describe,
                file::content,
                file::delete,
                batch::order,
                batch::list,
                batch::describe,
                batch::cancel);
    }

    private static List<Route> routes(
            Handler upload,
            Handler files,
            Handler file,
            Handler content,
            Handler delete,
            Handler order,
            Handler batches,
            Handler batch,
            Handler cancel) {
        return List.of(
                Route.post("/v1/files", upload),
                Route.get("/v1/files", files),
                Route.get("/v1/files/{file_id}", file),
                Route.get("/v1/files/{file_id}/content", content),
                Route.delete("/v1/files/{file_id}", delete),
                Route.post("/v1/batches", order),
                Route.get("/v1/batches", batches),
                Route.get("/v1/batches/{batch_id}", batch),
                Route.post("/v1/batches/{batch_id}/cancel", cancel));
    }
}
