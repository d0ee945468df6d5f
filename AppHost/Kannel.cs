namespace AppHost;

/// <summary>The SMS gateway as Notification sees it.</summary>
/// <param name="SendUrl">Its <c>sendsms</c>.</param>
/// <param name="Door">Our gateway as Kannel sees it: inside the containers' network when Kannel is a container.</param>
internal sealed record SmsGateway(ReferenceExpression SendUrl, EndpointReference Door);

internal static class Kannel
{
    // As in kannel/start.sh.
    private const int AdminPort = 13000;
    private const int SendSmsPort = 13013;

    /// <summary>
    /// bearerbox, smsbox and, in a demonstration, the fake SMSC with a handset that receives everything: one container, because the three speak over
    /// loopback and are of no use alone.
    /// </summary>
    public static SmsGateway AddKannel(
        this IDistributedApplicationBuilder builder, PlatformOptions platform, Secrets secrets, IResourceBuilder<ProjectResource> gateway)
    {
        if (platform.Infrastructure == InfrastructureMode.Existing)
            return new(ReferenceExpression.Create($"{builder.AddConnectionString("kannel").Resource}"), gateway.GetEndpoint("http"));

        var kannel = builder.AddDockerfile("kannel", "kannel")
            .WithHttpEndpoint(targetPort: AdminPort, name: "admin")
            .WithHttpEndpoint(targetPort: SendSmsPort, name: "sendsms")
            .WithEnvironment("GATEWAY", gateway.GetEndpoint("http").Property(EndpointProperty.HostAndPort))
            .WithEnvironment("KANNEL_SECRET", secrets.KannelSecret)
            .WithEnvironment("KANNEL_ADMIN_PASSWORD", secrets.KannelAdminPassword)
            .WithEnvironment("SENDSMS_USER", secrets.SendSmsUser)
            .WithEnvironment("SENDSMS_PASSWORD", secrets.SendSmsPassword)
            .WithEnvironment("DEMO", platform.Demonstration ? "yes" : "no")
            .WithLivenessProbe("/status.txt", endpointName: "admin")
            .WithUrlForEndpoint("admin", url => (url.DisplayText, url.Url) = ("Kannel status", "/status.html"))
            .KeepsRunning();
        if (!platform.Demonstration)
            // The city's operator links: groups "smsc" of the Kannel user guide, in one line with \n between theirs.
            kannel.WithEnvironment("SMSC", builder.AddParameter("kannel-smsc", secret: true));
        // Messages that wait and delivery reports that are awaited are files.
        kannel.WithVolume(builder.VolumeName("kannel") ?? VolumeNameGenerator.Generate(kannel, "spool"), "/var/spool/kannel").ReplacedNotDoubled();
        return new(
            ReferenceExpression.Create($"{kannel.GetEndpoint("sendsms")}/cgi-bin/sendsms"),
            gateway.GetEndpoint("http", KnownNetworkIdentifiers.DefaultAspireContainerNetwork));
    }

    /// <summary>The accounts by which SMS come in, for both services that know channels: a real city has no door that it did not ask for.</summary>
    public static IResourceBuilder<ProjectResource> WithSmsChannels(this IResourceBuilder<ProjectResource> service, PlatformOptions platform, Secrets secrets)
    {
        service.WithEnvironment("Channels__kannel__Type", "Kannel")
            .WithEnvironment("Channels__kannel__User", "kannel")
            .WithEnvironment("Channels__kannel__Secret", secrets.KannelSecret)
            .WithEnvironment("Channels__kannel__Numbers__0", secrets.CityNumber);
        if (platform.Twilio)
            service.WithEnvironment("Channels__twilio__Type", "Twilio")
                .WithEnvironment("Channels__twilio__Secret", secrets.TwilioAuthToken)
                .WithEnvironment("Channels__twilio__PublicUrl", secrets.TwilioPublicUrl)
                .WithEnvironment("Channels__twilio__Numbers__0", secrets.CityNumber)
                .WithEnvironment("Channels__twilio__SendThrough", "kannel");
        if (platform.Generic)
            service.WithEnvironment("Channels__generic__Type", "Generic")
                .WithEnvironment("Channels__generic__Secret", secrets.GenericSecret)
                .WithEnvironment("Channels__generic__Numbers__0", secrets.CityNumber)
                .WithEnvironment("Channels__generic__SendThrough", "kannel");
        return service;
    }

    /// <summary>How Notification, the only sender, hands SMS over.</summary>
    public static IResourceBuilder<ProjectResource> WithSmsSending(
        this IResourceBuilder<ProjectResource> notification, PlatformOptions platform, SmsGateway kannel, Secrets secrets)
    {
        notification.WithEnvironment("Channels__kannel__SendUrl", kannel.SendUrl)
            .WithEnvironment("Channels__kannel__SendUser", secrets.SendSmsUser)
            .WithEnvironment("Channels__kannel__SendPassword", secrets.SendSmsPassword)
            .WithEnvironment("Channels__kannel__StatusUrl", $"{kannel.Door}/webhooks/sms/kannel/status");
        if (platform.Demonstration)
            notification.WithEnvironment("Channels__sandbox__Type", "Sandbox");
        return notification;
    }
}
