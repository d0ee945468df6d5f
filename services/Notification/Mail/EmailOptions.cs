using System.Net;

namespace Notification.Mail;

/// <summary>Section <c>Email</c>. Without a host nothing is sent by e-mail.</summary>
public sealed record EmailOptions
{
    public string Host { get; init; } = "";

    /// <summary>587: TLS by STARTTLS, which the server must offer. 465: TLS from the first byte.</summary>
    public int Port { get; init; } = 587;

    public bool ImplicitTls => Port == 465;

    /// <summary>Without TLS: only to a server on the same machine.</summary>
    public bool Plain { get; init; }

    public string? User { get; init; }
    public string Password { get; init; } = "";

    /// <summary>PEM of the authority that signed the server's certificate, where it is the city's own.</summary>
    public string? Authority { get; init; }

    /// <summary>Address that e-mails come from.</summary>
    public string From { get; init; } = "";
    public string FromName { get; init; } = "";

    /// <summary>Domain of the return paths. Its mail server hands what arrives there to <c>/webhooks/email/bounces</c>; empty: bounces go to <see cref="From"/> and are not read.</summary>
    public string BounceDomain { get; init; } = "";
    public string BounceUser { get; init; } = "bounces";

    /// <summary>Proves the mail server at the door, and signs return paths.</summary>
    public string BounceSecret { get; init; } = "";

    /// <summary>Connections at the same time, for each instance.</summary>
    public int AtOnce { get; init; } = 4;

    public TimeSpan CallLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an e-mail without <c>ExpiresAt</c> may wait; long enough for a server that is away over a weekend.</summary>
    public TimeSpan Validity { get; init; } = TimeSpan.FromDays(3);

    internal bool IsOn => Host.Length > 0;

    internal bool IsComplete => !IsOn || (EmailAddress.IsSpelled(From) && AtOnce is > 0 and <= 100 && CallLimit > TimeSpan.Zero && CallLimit <= TimeSpan.FromMinutes(4)
        && (!Plain || Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address)))
        && (BounceDomain.Length == 0 || (EmailAddress.IsSpelled("b@" + BounceDomain) && BounceSecret.Length >= 16)));
}
