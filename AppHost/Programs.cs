namespace AppHost;

/// <summary>What our own programs have in common. Environment names are deploy's (deploy/lib/services.sh): a program cannot tell who started it.</summary>
internal static class Programs
{
    /// <summary>An HTTP server of ours. Without a given port it gets a free one.</summary>
    public static IResourceBuilder<ProjectResource> AsProgram(this IResourceBuilder<ProjectResource> program, int? port = null) => program
        .WithCommonEnvironment()
        .WithHttpEndpoint(port: port)
        .WithProbes()
        .KeepsRunning();

    public static IResourceBuilder<ProjectResource> AsService(this IResourceBuilder<ProjectResource> service, PlatformOptions platform)
    {
        service.AsProgram().WithReplicas(platform.Instances).WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = ("Health", "/health/ready"));
        // The gateway in front of it is the only proxy whose forwarded headers count. Published, its address is not known beforehand: see README.md.
        if (service.ApplicationBuilder.ExecutionContext.IsRunMode)
            service.WithEnvironment("TrustedProxies__0", "127.0.0.1").WithEnvironment("TrustedProxies__1", "::1");
        return service;
    }

    /// <summary>Runs a service for one verb, then ends.</summary>
    public static IResourceBuilder<ProjectResource> AsTask(this IResourceBuilder<ProjectResource> task, string verb) =>
        task.WithCommonEnvironment().WithArgs(verb).RunsOnce();

    public static IResourceBuilder<ProjectResource> AsMigrationOf(
        this IResourceBuilder<ProjectResource> task, ServiceDatabase database, IResourceBuilder<IResourceWithConnectionString> rabbitmq)
    {
        task.AsTask("--migrate")
            .WithReference(database.Owner, database.Name)
            // Not used by this verb, but a service composes its bus before it looks at its arguments.
            .WithReference(rabbitmq, "rabbitmq")
            .WithEnvironment("Database__RuntimeRole", database.Name + "_app");
        if (database.MadeBy is { } databases)
            task.WaitForCompletion(databases);
        return task;
    }

    private static IResourceBuilder<ProjectResource> WithCommonEnvironment(this IResourceBuilder<ProjectResource> program) => program
        // Aspire would also inject DIRECTORY_HOST, DIRECTORY_HTTP and the like. Counts for the references that follow it.
        .WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString | ReferenceEnvironmentInjectionFlags.ServiceDiscovery)
        // ASPNETCORE_FORWARDEDHEADERS_ENABLED would believe every caller; TrustedProxies alone decides.
        .DisableForwardedHeaders()
        .WithEnvironment("DOTNET_ENVIRONMENT", "Production")
        .WithEnvironment("City__TimeZone", "Asia/Jakarta")
        .WithKubernetes(HelmChart.Mend);
}
