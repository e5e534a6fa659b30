# syntax=docker/dockerfile:1.7
# CPU image:  docker build -t sharegpt4v .
# CUDA image: docker build -t sharegpt4v:cuda --target cuda .    (docs/gpu.md)
ARG BUILD_IMAGE=eclipse-temurin:25-jdk-noble
ARG RUNTIME_IMAGE=ubuntu:24.04
ARG CUDA_IMAGE=nvidia/cuda:12.8.1-base-ubuntu24.04

FROM ${BUILD_IMAGE} AS jre
# A runtime of the modules that the server needs and no more.
RUN jlink --strip-debug --no-header-files --no-man-pages --compress=zip-6 \
    --add-modules java.base,java.desktop,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.incubator.vector,jdk.crypto.ec,jdk.jfr,jdk.management,jdk.unsupported,jdk.zipfs \
    --output /jre

FROM ${BUILD_IMAGE} AS sources
WORKDIR /src
COPY . .
SHELL ["/bin/bash", "-o", "pipefail", "-c"]

FROM sources AS build-cpu
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw --batch-mode --no-transfer-progress -Pcpu -DskipTests -Dspotless.check.skip package \
    && mkdir -p /app/models/demo \
    && cp -r jvm.options server/target/sharegpt4v.jar server/target/lib /app/ \
    && cp -r models/demo/sharegpt4v-demo models/demo/sharegpt4v-demo-vision-tower /app/models/demo/

# The libraries of ONNX Runtime are unpacked here, once for all containers; then its jar is needed no more.
FROM sources AS build-cuda
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw --batch-mode --no-transfer-progress -Pcuda -DskipTests -Dspotless.check.skip package \
    && mkdir -p /app/models/demo \
    && cp -r jvm.options server/target/sharegpt4v.jar server/target/lib /app/ \
    && cp -r models/demo/sharegpt4v-demo models/demo/sharegpt4v-demo-vision-tower /app/models/demo/ \
    && gpu/natives /app/lib/onnxruntime_gpu-*.jar /natives \
    && rm /app/lib/onnxruntime_gpu-*.jar

# NVIDIA's base image holds CUDA's runtime library; cuBLAS and cuRAND are what else the provider is linked with. No cuDNN: the
# graphs have no convolution.
FROM ${CUDA_IMAGE} AS cuda
ARG LIBCUBLAS_VERSION=12.8.4.1-1
ARG LIBCURAND_VERSION=10.3.9.90-1
LABEL org.opencontainers.image.title="sharegpt4v" \
      org.opencontainers.image.description="Inference server for ShareGPT4V-7B and the LLaVA-1.5 family, on NVIDIA GPUs"
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libcublas-12-8=${LIBCUBLAS_VERSION} libcurand-12-8=${LIBCURAND_VERSION} \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 sharegpt4v \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/sharegpt4v --create-home --shell /usr/sbin/nologin sharegpt4v
COPY --from=jre /jre /opt/jre
COPY --from=build-cuda /natives /opt/natives
COPY --from=build-cuda --chown=10001:10001 /app /app
USER 10001:10001
WORKDIR /app
ENV SHAREGPT4V_HOST=0.0.0.0 \
    SHAREGPT4V_PORT=8080 \
    SHAREGPT4V_DEVICE=cuda \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=300s \
    CMD ["/opt/jre/bin/java", "-cp", "/app/sharegpt4v.jar:/app/lib/*", "dev.sharegpt4v.server.HealthProbe"]
ENTRYPOINT ["/opt/jre/bin/java", "@/app/jvm.options", "-Dsharegpt4v.home=/app", "-Dsharegpt4v.natives=/opt/natives", "-jar", "/app/sharegpt4v.jar"]
CMD ["serve"]

# The last target is what a build makes that names none.
FROM ${RUNTIME_IMAGE} AS cpu
LABEL org.opencontainers.image.title="sharegpt4v" \
      org.opencontainers.image.description="Inference server for ShareGPT4V-7B and the LLaVA-1.5 family"
COPY --from=jre /jre /opt/jre
COPY --from=build-cpu --chown=10001:10001 /app /app
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
ENTRYPOINT ["/opt/jre/bin/java", "@/app/jvm.options", "-Dsharegpt4v.home=/app", "-jar", "/app/sharegpt4v.jar"]
CMD ["serve"]
