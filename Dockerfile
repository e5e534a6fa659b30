# syntax=docker/dockerfile:1.7
# CPU image:  docker build -t sharegpt4v --target cpu .
# CUDA image: docker build -t sharegpt4v:cuda --target cuda .    (docs/image.md, docs/gpu.md)
ARG BUILD_IMAGE=eclipse-temurin:25-jdk
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12
ARG CUDA_IMAGE=nvidia/cuda:12.8.1-base-ubuntu24.04
# Times of all files; the same as in pom.xml.
ARG SOURCE_DATE_EPOCH=1767225600

FROM ${BUILD_IMAGE} AS sources
WORKDIR /src
COPY . .

# A secret `maven-settings` is a settings.xml, for who reaches Maven Central through a mirror.
FROM sources AS build-cpu
ARG SOURCE_DATE_EPOCH
RUN --mount=type=cache,target=/root/.m2 --mount=type=secret,id=maven-settings \
    image/assemble cpu /image

FROM sources AS build-cuda
ARG SOURCE_DATE_EPOCH
RUN --mount=type=cache,target=/root/.m2 --mount=type=secret,id=maven-settings \
    image/assemble cuda /image

# NVIDIA's base image holds CUDA's runtime library; cuBLAS and cuRAND are what else the provider is linked with. No cuDNN: the
# graphs have no convolution.
FROM ${CUDA_IMAGE} AS base-cuda
ARG LIBCUBLAS_VERSION=12.8.4.1-1
ARG LIBCURAND_VERSION=10.3.9.90-1
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libcublas-12-8=${LIBCUBLAS_VERSION} libcurand-12-8=${LIBCURAND_VERSION} \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 sharegpt4v \
    && useradd --uid 10001 --gid 10001 --home-dir /tmp --no-create-home --shell /usr/sbin/nologin sharegpt4v
COPY --from=build-cuda /image/java/ /
COPY --from=build-cuda /image/libraries/ /
COPY --from=build-cuda /image/program/ /

# The JVM learns from a rehearsal, in the very place where it will run: other times, paths or libraries make it forget.
# No GPU is at hand here; all but the device's own classes are the same on the processors.
FROM base-cuda AS rehearsal-cuda
RUN ["/opt/jre/bin/java", "@/app/jvm.options", "@/app/image.options", "-XX:ArchiveClassesAtExit=/app/sharegpt4v.jsa", "-jar", "/app/sharegpt4v.jar", "rehearse", "--device", "cpu"]

FROM base-cuda AS cuda
COPY --from=rehearsal-cuda /app/sharegpt4v.jsa /app/
ENV HOME=/tmp \
    SHAREGPT4V_HOST=0.0.0.0 \
    SHAREGPT4V_PORT=8080 \
    SHAREGPT4V_DEVICE=cuda \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
LABEL org.opencontainers.image.title="sharegpt4v" \
      org.opencontainers.image.description="Inference server for ShareGPT4V-7B and the LLaVA-1.5 family, on NVIDIA GPUs"
USER 10001:10001
WORKDIR /app
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=300s \
    CMD ["/opt/jre/bin/java", "@/app/jvm.options", "@/app/image.options", "@/app/start.options", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx16m", "-cp", "/app/sharegpt4v.jar", "dev.sharegpt4v.server.HealthProbe"]
ENTRYPOINT ["/opt/jre/bin/java", "@/app/jvm.options", "@/app/image.options", "@/app/start.options", "-jar", "/app/sharegpt4v.jar"]
CMD ["serve", "--model", "/app/demo"]

# No shell and no package manager from here on.
FROM ${RUNTIME_IMAGE} AS base-cpu
COPY --from=build-cpu /image/java/ /
COPY --from=build-cpu /image/libraries/ /
COPY --from=build-cpu /image/program/ /

FROM base-cpu AS rehearsal-cpu
RUN ["/opt/jre/bin/java", "@/app/jvm.options", "@/app/image.options", "-XX:ArchiveClassesAtExit=/app/sharegpt4v.jsa", "-jar", "/app/sharegpt4v.jar", "rehearse", "--model", "/app/demo"]

# The last target is what a build makes that names none.
FROM base-cpu AS cpu
COPY --from=rehearsal-cpu /app/sharegpt4v.jsa /app/
ENV HOME=/tmp \
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 \
    SHAREGPT4V_HOST=0.0.0.0 \
    SHAREGPT4V_PORT=8080
LABEL org.opencontainers.image.title="sharegpt4v" \
      org.opencontainers.image.description="Inference server for ShareGPT4V-7B and the LLaVA-1.5 family"
USER 10001:10001
WORKDIR /app
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s \
    CMD ["/opt/jre/bin/java", "@/app/jvm.options", "@/app/image.options", "@/app/start.options", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx16m", "-cp", "/app/sharegpt4v.jar", "dev.sharegpt4v.server.HealthProbe"]
ENTRYPOINT ["/opt/jre/bin/java", "@/app/jvm.options", "@/app/image.options", "@/app/start.options", "-jar", "/app/sharegpt4v.jar"]
CMD ["serve", "--model", "/app/demo"]
