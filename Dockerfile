# EventMesh as an image: built with the SDK, run on ASP.NET's runtime, as a user without rights.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/ src/
RUN dotnet publish src/Api --configuration Release --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# The named volume of the home takes its owner from this directory.
RUN install -d -m 700 -o $APP_UID -g $APP_UID /var/lib/eventmesh
COPY --from=build /app /app
ENV EVENTMESH_HOME=/var/lib/eventmesh EVENTMESH_BIND=0.0.0.0 EVENTMESH_PORT=8080
WORKDIR /var/lib/eventmesh
VOLUME /var/lib/eventmesh
EXPOSE 8080
USER $APP_UID
ENTRYPOINT ["dotnet", "/app/EventMesh.Api.dll"]
