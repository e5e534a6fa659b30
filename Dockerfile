# syntax=docker/dockerfile:1.7
# CPU image:  docker build -t sharegpt4v .
# CUDA image: docker build -t sharegpt4v:cuda --build-arg PROFILE=cuda \
#             --build-arg RUNTIME_IMAGE=nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04 .
ARG BUILD_IMAGE=eclipse-temurin:25-jdk-noble
ARG RUNTIME_IMAGE=ubuntu:24.04

FROM ${BUILD_IMAGE} AS build
ARG PROFILE=cpu
WORKDIR /src
COPY . .
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw --batch-mode --no-transfer-progress -P "${PROFILE}" -DskipTests -Dspotless.check.skip package \
    && mkdir -p /app/models/demo \
    && cp -r server/target/sharegpt4v.jar server/target/lib /app/ \
    && cp -r models/demo/sharegpt4v-demo models/demo/sharegpt4v-demo-vision-tower /app/models/demo/
# A runtime of the modules that the server needs and no more.
RUN jlink --strip-debug --no-header-files --no-man-pages --compress=zip-6 \
    --add-modules java.base,java.desktop,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.incubator.vector,jdk.crypto.ec,jdk.jfr,jdk.management,jdk.unsupported,jdk.zipfs \
    --output /jre

FROM ${RUNTIME_IMAGE} AS runtime
LABEL org.opencontainers.image.title="sharegpt4v" \
      org.opencontainers.image.description="Inference server for ShareGPT4V-7B and the LLaVA-1.5 family"
COPY --from=build /jre /opt/jre
COPY --from=build --chown=10001:10001 /app /app
RUN groupadd --gid 10001 sharegpt4v \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/sharegpt4v --create-home --shell /usr/sbin/nologin sharegpt4v
USER 10001:10001
WORKDIR /app
ENV GLIBC_TUNABLES=glibc.malloc.hugetlb=1 \
    SHAREGPT4V_HOST=0.0.0.0 \
    SHAREGPT4V_PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=120s \
    CMD ["/opt/jre/bin/java", "-cp", "/app/sharegpt4v.jar:/app/lib/*", "dev.sharegpt4v.server.HealthProbe"]
ENTRYPOINT ["/opt/jre/bin/java", "-XX:MaxRAMPercentage=12.5", "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", \
            "--sun-misc-unsafe-memory-access=allow", "-Djava.awt.headless=true", "-Dsharegpt4v.home=/app", \
            "-jar", "/app/sharegpt4v.jar"]
CMD ["serve"]
