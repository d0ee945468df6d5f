using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace AppHost;

/// <summary>
/// Parameters of the model, named as deploy's platform.env names them. What is not given (<c>Parameters:admin_password</c> in user secrets or environment)
/// is generated at the first run and kept in the user secrets; log-ins and addresses have their defaults in appsettings.json.
/// </summary>
internal sealed class Secrets(IDistributedApplicationBuilder builder)
{
    public IResourceBuilder<ParameterResource> AdminLogin { get; } = builder.AddParameter("admin-login");
    public IResourceBuilder<ParameterResource> AdminPassword { get; } = builder.AddSecret("admin-password");
    /// <summary>The demonstration's administrator is a program at times; a real one enrols an authenticator of his own.</summary>
    public IResourceBuilder<ParameterResource> AdminTotpSecret { get; } =
        builder.AddParameter("admin-totp-secret", new AuthenticatorSecret(), secret: true, persist: true);

    public IResourceBuilder<ParameterResource> OfficialLogin { get; } = builder.AddParameter("official-login");
    public IResourceBuilder<ParameterResource> OfficialPassword { get; } = builder.AddSecret("official-password");
    public IResourceBuilder<ParameterResource> ChairLogin { get; } = builder.AddParameter("chair-login");
    public IResourceBuilder<ParameterResource> ChairPassword { get; } = builder.AddSecret("chair-password");

    public IResourceBuilder<ParameterResource> TokenKeyPassword { get; } = builder.AddSecret("token-key-password");
    public IResourceBuilder<ParameterResource> WebFormKey { get; } = builder.AddSecret("web-form-key");
    public IResourceBuilder<ParameterResource> PseudonymKey { get; } = builder.AddSecret("pseudonym-key");
    public IResourceBuilder<ParameterResource> CallbackKey { get; } = builder.AddSecret("callback-key");
    public IResourceBuilder<ParameterResource> RabbitMqUser { get; } = builder.AddParameter("rabbitmq-user");
    public IResourceBuilder<ParameterResource> RabbitMqPassword { get; } = builder.AddSecret("rabbitmq-password");

    public IResourceBuilder<ParameterResource> CityNumber { get; } = builder.AddParameter("city-number");
    public IResourceBuilder<ParameterResource> BroadcastCode { get; } = builder.AddParameter("broadcast-code");
    public IResourceBuilder<ParameterResource> KannelSecret { get; } = builder.AddSecret("kannel-secret");
    public IResourceBuilder<ParameterResource> KannelAdminPassword { get; } = builder.AddSecret("kannel-admin-password");
    public IResourceBuilder<ParameterResource> SendSmsUser { get; } = builder.AddParameter("sendsms-user");
    public IResourceBuilder<ParameterResource> SendSmsPassword { get; } = builder.AddSecret("sendsms-password");
    public IResourceBuilder<ParameterResource> TwilioAuthToken { get; } = builder.AddSecret("twilio-auth-token");
    public IResourceBuilder<ParameterResource> TwilioPublicUrl { get; } = builder.AddParameter("twilio-public-url");
    public IResourceBuilder<ParameterResource> GenericSecret { get; } =
        builder.AddParameter("generic-secret", new WebhookSecret(), secret: true, persist: true);

    /// <summary>160 bits in Base32 (RFC 4226 4, RFC 4648 6).</summary>
    private sealed class AuthenticatorSecret : ParameterDefault
    {
        public override string GetDefaultValue() => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32);

        public override void WriteToManifest(ManifestPublishingContext context)
        {
        }
    }

    /// <summary>What Standard Webhooks calls a secret: <c>whsec_</c> and 32 bytes in Base64.</summary>
    private sealed class WebhookSecret : ParameterDefault
    {
        public override string GetDefaultValue() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

        // The manifest can describe no such value: whoever deploys gives it.
        public override void WriteToManifest(ManifestPublishingContext context)
        {
        }
    }
}

internal static class SecretParameters
{
    /// <summary>
    /// 32 letters and digits: nothing that a URL, a connection string or Kannel's configuration would have to quote, and short enough for Kannel, which
    /// breaks the line of a Basic header that is longer than 76 characters.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddSecret(this IDistributedApplicationBuilder builder, string name) => builder.AddParameter(
        name, new GenerateParameterDefault { MinLength = 32, MinLower = 1, MinUpper = 1, MinNumeric = 1, Special = false }, secret: true, persist: true);
}
