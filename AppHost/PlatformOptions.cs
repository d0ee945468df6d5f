using Microsoft.Extensions.Configuration;

namespace AppHost;

internal enum InfrastructureMode
{
    Containers,
    Existing,
}

internal enum PublishTarget
{
    Compose,
    Kubernetes,
}

/// <summary>The AppHost's own settings: sections <c>Infrastructure</c> and <c>Platform</c> of appsettings.json, environment or command line.</summary>
internal sealed record PlatformOptions
{
    /// <summary><c>Infrastructure:Mode</c>. What is published always brings its servers along.</summary>
    public required InfrastructureMode Infrastructure { get; init; }

    /// <summary><c>Platform:Instances</c>: processes of each service.</summary>
    public required int Instances { get; init; }

    /// <summary><c>Platform:Demonstration</c>: a handset network answers, and an answer is public at once. Only where it is asked for when published.</summary>
    public required bool Demonstration { get; init; }

    /// <summary>
    /// <c>Platform:Twilio</c>: the channel. A demonstration has it; a real city where its token is set, which is not known yet when published.
    /// </summary>
    public required bool Twilio { get; init; }

    /// <summary><c>Platform:Generic</c>: likewise, the channel by the platform's own contract.</summary>
    public required bool Generic { get; init; }

    public required int GatewayPort { get; init; }

    /// <summary><c>Platform:PublishTo</c>. One of the two: with both in the model each resource would have to be bound by hand.</summary>
    public required PublishTarget PublishTo { get; init; }

    public static PlatformOptions Of(IDistributedApplicationBuilder builder)
    {
        var run = builder.ExecutionContext.IsRunMode;
        var demonstration = builder.Configuration.GetValue("Platform:Demonstration", run);
        return new()
        {
            Infrastructure = run ? builder.Configuration.GetValue("Infrastructure:Mode", InfrastructureMode.Containers) : InfrastructureMode.Containers,
            Instances = builder.Configuration.GetValue("Platform:Instances", 1),
            Demonstration = demonstration,
            Twilio = builder.Configuration.GetValue("Platform:Twilio", demonstration),
            Generic = builder.Configuration.GetValue("Platform:Generic", demonstration),
            GatewayPort = builder.Configuration.GetValue("Platform:GatewayPort", 8080),
            PublishTo = builder.Configuration.GetValue("Platform:PublishTo", PublishTarget.Compose),
        };
    }
}
