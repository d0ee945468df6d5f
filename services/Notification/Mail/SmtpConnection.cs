using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Notification.Providers;

namespace Notification.Mail;

/// <summary>
/// A conversation with the mail server (RFC 5321). Our own, because what the framework's client reports cannot tell a refusal from a loss behind the last dot, and that
/// difference is whether an e-mail may be repeated. TLS is demanded, not tried.
/// </summary>
internal sealed class SmtpConnection : IAsyncDisposable
{
    private const int LongestReply = 64 * 1024;

    private readonly TcpClient _client = new();
    private readonly byte[] _buffer = new byte[4096];
    private readonly HashSet<string> _extensions = new(StringComparer.OrdinalIgnoreCase);
    private Stream _stream = Stream.Null;
    private int _start;
    private int _end;

    /// <param name="Code">Three digits.</param>
    /// <param name="Enhanced">Such as <c>5.1.1</c> (RFC 3463), where the server says so. Its words are not kept: they can hold the address.</param>
    /// <param name="Lines">What follows the code.</param>
    private sealed record Reply(int Code, string? Enhanced, IReadOnlyList<string> Lines)
    {
        public bool IsGood => Code is >= 200 and < 400;
        public string Text => Enhanced is null ? $"{Code}" : $"{Code} {Enhanced}";
    }

    public int Sent { get; private set; }
    public DateTimeOffset UsedAt { get; set; }
    public bool IsUsable { get; private set; } = true;

    /// <exception cref="IOException">No conversation came about: nothing was handed over.</exception>
    public static async Task<SmtpConnection> OpenAsync(EmailOptions options, CancellationToken stop)
    {
        var connection = new SmtpConnection();
        try
        {
            await connection._client.ConnectAsync(options.Host, options.Port, stop);
            connection._client.NoDelay = true;
            connection._stream = connection._client.GetStream();
            if (options.ImplicitTls)
                await connection.StartTlsAsync(options, stop);
            Demand(await connection.ReadAsync(stop), "greeting");
            await connection.GreetAsync(options, stop);
            if (!options.ImplicitTls && !options.Plain)
            {
                if (!connection._extensions.Contains("STARTTLS"))
                    throw new IOException("no-tls");
                Demand(await connection.CommandAsync("STARTTLS", stop), "starttls");
                // What came before the handshake is not protected, and would be read as if it were.
                if (connection._start != connection._end)
                    throw new IOException("words-before-tls");
                await connection.StartTlsAsync(options, stop);
                await connection.GreetAsync(options, stop);
            }

            if (options.User is { Length: > 0 } user)
                Demand(await connection.CommandAsync("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{options.Password}")), stop), "auth");
            return connection;
        }
        catch (Exception fault)
        {
            await connection.DisposeAsync();
            throw fault is IOException ? fault : new IOException(fault.GetType().Name, fault);
        }
    }

    public async Task<SendOutcome> SendAsync(string returnPath, EmailToSend email, byte[] message, CancellationToken stop)
    {
        var (isAboutRecipient, isHandedOver) = (false, false);
        try
        {
            var notices = _extensions.Contains("DSN");
            var reply = await CommandAsync($"MAIL FROM:<{returnPath}>{(notices ? $" RET=HDRS ENVID={email.Id:n}" : "")}", stop);
            if (!reply.IsGood)
                // About us, not about the recipient: an operator's mistake, which every message must survive.
                return new(SendResult.NotCalled, "mail " + reply.Text);
            isAboutRecipient = true;
            reply = await CommandAsync($"RCPT TO:<{email.To}>{(notices ? " NOTIFY=SUCCESS,FAILURE,DELAY" : "")}", stop);
            if (!reply.IsGood)
                return RelayRefusal.Is(reply.Code, reply.Enhanced, reply.Lines, email.To) ? new(SendResult.Barred, "rcpt " + reply.Text, RelayRefusal.Reason) : Refusal(reply);
            reply = await CommandAsync("DATA", stop);
            if (reply.Code != 354)
                return Refusal(reply);
            await _stream.WriteAsync(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(message).Replace("\r\n.", "\r\n..", StringComparison.Ordinal)), stop);
            // From here on the server may have it, whatever we still hear.
            isHandedOver = true;
            reply = await CommandAsync(".", stop);
            Sent++;
            // No answer to what was asked; and the next one might be this one's.
            if (reply.Code is < 200 or (>= 300 and < 400) or >= 600)
                throw new IOException("no-smtp");
            return reply.IsGood ? new(SendResult.Accepted, reply.Text) : Refusal(reply);
        }
        catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException)
        {
            IsUsable = false;
            return isHandedOver ? new(SendResult.Unknown, "no-answer") : new(isAboutRecipient ? SendResult.NotNow : SendResult.NotCalled, "connection-lost");
        }
    }

    /// <summary>Whether the server still listens; what was begun is forgotten.</summary>
    public async Task<bool> ResetAsync(CancellationToken stop)
    {
        try
        {
            return (await CommandAsync("RSET", stop)).IsGood;
        }
        catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    private static SendOutcome Refusal(Reply reply) => reply.Code >= 500
        ? new(SendResult.Refused, reply.Text, BounceReason.Of(reply.Enhanced))
        : new(SendResult.NotNow, reply.Text);

    private static void Demand(Reply reply, string step)
    {
        if (!reply.IsGood)
            throw new IOException($"{step} {reply.Text}");
    }

    private async Task GreetAsync(EmailOptions options, CancellationToken stop)
    {
        var reply = await CommandAsync("EHLO " + options.From.Split('@')[1], stop);
        Demand(reply, "ehlo");
        _extensions.Clear();
        _extensions.UnionWith(reply.Lines.Skip(1).Select(line => line.Split(' ')[0]));
    }

    private async Task StartTlsAsync(EmailOptions options, CancellationToken stop)
    {
        var tls = new SslStream(_stream);
        _stream = tls;
        var policy = options.Authority is { } file ? new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } : null;
        policy?.CustomTrustStore.ImportFromPemFile(options.Authority!);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = options.Host, CertificateChainPolicy = policy }, stop);
    }

    private async Task<Reply> CommandAsync(string line, CancellationToken stop)
    {
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), stop);
        await _stream.FlushAsync(stop);
        return await ReadAsync(stop);
    }

    private async Task<Reply> ReadAsync(CancellationToken stop)
    {
        var (lines, length) = (new List<string>(), 0);
        while (true)
        {
            var line = await LineAsync(stop);
            length += line.Length;
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), System.Globalization.NumberStyles.None, null, out var code) || length > LongestReply)
                throw new IOException("no-smtp");
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-')
                return new(code, BounceReason.StatusIn(lines[0]), lines);
        }
    }

    private async Task<string> LineAsync(CancellationToken stop)
    {
        var line = new StringBuilder();
        while (true)
        {
            for (; _start < _end; _start++)
            {
                if (_buffer[_start] == '\n')
                {
                    _start++;
                    return line.ToString().TrimEnd('\r');
                }

                line.Append((char)_buffer[_start]);
            }

            if (line.Length > LongestReply || (_end = await _stream.ReadAsync(_buffer, stop)) == 0)
                throw new IOException("closed");
            _start = 0;
        }
    }
}
