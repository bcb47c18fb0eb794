# The SEC filings bot of this repository, for docker-compose.yml. What a bot brings along for the plugin (discord.js,
# Sapphire, pg) is a dev dependency here, so the image keeps these. It needs no package's scripts, and without Python
# that of better-sqlite3 fails with some versions of npm: see docs/install.md.
FROM node:24-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build
ENV NODE_ENV=production
USER node
CMD ["node", "dist/esm/bot/main.js"]
