# The worker, and the `mooring` command beside it. Nothing of development, tests or simulators is in the image.

FROM node:22-bookworm-slim AS build
WORKDIR /mooring
COPY package.json package-lock.json .npmrc ./
COPY dev/setup.mjs dev/setup.mjs
COPY dev/setup dev/setup
RUN node dev/setup.mjs --for check
COPY . .
RUN npm run build \
 && rm -rf dist/dev dist/test dist/simulators dist/benchmarks \
 && npm prune --omit=dev \
 # The SDK brings its native part for five platforms, 137 MB; one of them is ours.
 && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} +

FROM node:22-bookworm-slim
# For TLS to Temporal, Immuta and the platforms; the slim image has no certificates of its own.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /mooring
COPY --from=build /mooring/package.json ./
COPY --from=build /mooring/node_modules ./node_modules
COPY --from=build /mooring/dist ./dist
ENV NODE_ENV=production
USER node
ENTRYPOINT ["node"]
CMD ["dist/worker/main.js"]
