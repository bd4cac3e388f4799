FROM debian:bookworm-slim
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev >/dev/null \
 && rm -rf /var/lib/apt/lists/*
COPY *.c *.h /src/
# The same programs from the same sources as binaries.py makes where there is a compiler.
RUN mkdir /sbx && cd /src \
 && gcc -static -O2 -s -o /sbx/bridge bridge.c && gcc -static -O2 -s -o /sbx/launch launch.c && rm bridge.c launch.c \
 && gcc -static -O2 -s -o /sbx/agent *.c
