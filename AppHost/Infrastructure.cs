namespace AppHost;

/// <summary>A service's database as its two roles see it. A published system has no superuser in any service's environment.</summary>
/// <param name="Name">Of the database; the roles are <c>name_owner</c> and <c>name_app</c>.</param>
/// <param name="Owner">Migrates.</param>
/// <param name="Runtime">Serves: reads, and writes what the migrations granted.</param>
/// <param name="MadeBy">The task that makes database and roles; none on a server that runs already.</param>
internal sealed record ServiceDatabase(
    string Name, IResourceBuilder<IResourceWithConnectionString> Owner, IResourceBuilder<IResourceWithConnectionString> Runtime,
    IResourceBuilder<ContainerResource>? MadeBy);

/// <summary>PostgreSQL in a container with the task that makes its databases, or (<paramref name="server"/> null) one that runs already.</summary>
internal sealed class PostgresServer(
    IDistributedApplicationBuilder builder, IResourceBuilder<PostgresServerResource>? server, IResourceBuilder<ContainerResource>? databases)
{
    public ServiceDatabase AddServiceDatabase(string name) => new(name, AddRole(name, "owner", $"{name}dbowner"), AddRole(name, "app", $"{name}db"), databases);

    private IResourceBuilder<IResourceWithConnectionString> AddRole(string database, string role, string connection)
    {
        if (server is null)
            return builder.AddConnectionString(connection);
        var password = builder.AddSecret($"{database}-{role}-password");
        databases!.WithEnvironment($"{database.ToUpperInvariant()}_{role.ToUpperInvariant()}_PASSWORD", password);
        var endpoint = server.Resource.PrimaryEndpoint;
        return builder.AddConnectionString(connection, ReferenceExpression.Create(
            $"Host={endpoint.Property(EndpointProperty.Host)};Port={endpoint.Property(EndpointProperty.Port)};Database={database};"
            + $"Username={database}_{role};Password={password.Resource};Maximum Pool Size=30"));
    }
}

/// <summary>The servers. Data lives in volumes, which outlive the AppHost; versions are Aspire's own where nothing else is said.</summary>
internal static class Infrastructure
{
    public static PostgresServer AddPostgresServer(this IDistributedApplicationBuilder builder, PlatformOptions platform)
    {
        if (platform.Infrastructure == InfrastructureMode.Existing)
            return new(builder, server: null, databases: null);
        var password = builder.AddSecret("postgres-password");
        var server = builder.AddPostgres("postgres", password: password)
            .WithDataVolume(builder.VolumeName("postgres"))
            // Sorts texts as deploy's cluster does, so that cursors of lists agree.
            .WithEnvironment("POSTGRES_INITDB_ARGS", "--auth-host=scram-sha-256 --auth-local=scram-sha-256 --data-checksums --encoding=UTF8 --locale=C.UTF-8")
            // terse: a DETAIL line would quote the row, and with it a phone number.
            .WithArgs("-c", "max_connections=300", "-c", "shared_buffers=256MB", "-c", "timezone=UTC", "-c", "log_error_verbosity=terse")
            .WithProbes()
            .KeepsRunning();
        var databases = builder.AddDockerfile("databases", "postgres")
            .WithEnvironment("PGHOST", server.Resource.PrimaryEndpoint.Property(EndpointProperty.Host))
            .WithEnvironment("PGPORT", server.Resource.PrimaryEndpoint.Property(EndpointProperty.Port))
            .WithEnvironment("PGPASSWORD", password)
            .RunsOnce()
            .WaitFor(server);
        return new(builder, server, databases);
    }

    public static IResourceBuilder<IResourceWithConnectionString> AddBroker(this IDistributedApplicationBuilder builder, PlatformOptions platform, Secrets secrets)
    {
        if (platform.Infrastructure == InfrastructureMode.Existing)
            return builder.AddConnectionString("rabbitmq");
        return builder.AddRabbitMQ("rabbitmq", secrets.RabbitMqUser, secrets.RabbitMqPassword)
            // Before the Dockerfile, which hides the image whose tag the plugin looks at.
            .WithManagementPlugin()
            .WithDockerfile("rabbitmq")
            .WithDataVolume(builder.VolumeName("rabbitmq"))
            // The node's folder is named after the node: Aspire fixes the name for a run, but a published container would get a new one each time.
            .WithEnvironment("RABBITMQ_NODENAME", "rabbitmq@localhost")
            .WithUrlForEndpoint("management", url => url.DisplayText = "RabbitMQ management")
            .WithProbes()
            .KeepsRunning();
    }

    /// <summary>
    /// Redis 8 for the search in the public feed. InboundSms fills it at each start, so it has no volume, and nobody waits for it: without it PostgreSQL finds. None beside
    /// servers that run already, since deploy has none.
    /// </summary>
    public static IResourceBuilder<RedisResource>? AddSearchIndex(this IDistributedApplicationBuilder builder, PlatformOptions platform) =>
        platform.Infrastructure == InfrastructureMode.Existing
            ? null
            : builder.AddRedis("redis", password: builder.AddSecret("redis-password")).WithImageTag("8.6").KeepsRunning();
}
