package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.apache.commons.fileupload2.core.AbstractFileUpload;
import org.apache.commons.fileupload2.core.DiskFileItem;
import org.apache.commons.fileupload2.core.FileItemFactory;
import org.apache.commons.fileupload2.core.FileItemInput;
import org.apache.commons.fileupload2.core.FileItemInputIterator;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.apache.commons.fileupload2.core.FileUploadSizeException;
import org.apache.commons.fileupload2.core.RequestContext;

/** Reads the parts of a form as they come; none is held in memory here. */
final class MultipartBody {

    private MultipartBody() {}

    /** Takes one part. */
    interface Taker {
        void take(FileItemInput part) throws IOException;
    }

    /** Gives all parts in their order; a form that breaks off or is too large is refused. */
    static void read(ServerRequest request, long maxBytes, Taker taker) {
        RequestBody.requireSize(request, maxBytes);
        // Not closed: that would wait for the rest of a form that is refused.
        InputStream body = request.content().inputStream();
        try {
            FileItemInputIterator parts = new Upload(maxBytes).getItemIterator(new Context(request, body));
            while (parts.hasNext()) {
                taker.take(parts.next());
            }
        } catch (FileUploadException e) {
            if (e instanceof FileUploadSizeException) {
                throw RequestBody.tooLarge(maxBytes);
            }
            throw ApiException.badRequest("invalid_form", "", "The body is not a valid multipart form.");
        } catch (IOException | DataReader.InsufficientDataAvailableException | NumberFormatException e) {
            throw RequestBody.incomplete();
        }
    }

    /** The library's parser over a body of ours. */
    private static final class Upload
            extends AbstractFileUpload<ServerRequest, DiskFileItem, FileItemFactory<DiskFileItem>> {
        Upload(long maxBytes) {
            setMaxSize(maxBytes);
        }

        @Override
        public FileItemInputIterator getItemIterator(ServerRequest request) {
            throw new IllegalStateException("forms are read from their context. This is a bug.");
        }

        @Override
        public Map<String, List<DiskFileItem>> parseParameterMap(ServerRequest request) {
            throw new IllegalStateException("forms are read from their context. This is a bug.");
        }

        @Override
        public List<DiskFileItem> parseRequest(ServerRequest request) {
            throw new IllegalStateException("forms are read from their context. This is a bug.");
        }
    }

    private record Context(ServerRequest request, InputStream body) implements RequestContext {
        @Override
        public String getCharacterEncoding() {
            return "UTF-8";
        }

        @Override
        public long getContentLength() {
            return request.headers().contentLength().orElse(-1);
        }

        @Override
        public String getContentType() {
            return request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        }

        @Override
        public InputStream getInputStream() {
            return body;
        }

        @Override
        public boolean isMultipartRelated() {
            return false;
        }
    }
}
