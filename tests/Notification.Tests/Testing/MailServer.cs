using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Notification.Tests.Testing;

/// <summary>Debian's aiosmtpd with a certificate of its own authority.</summary>
public sealed class MailServer : IDisposable
{
    public sealed record Mail(string From, string To, bool Tls, int Connection, string Text)
    {
        /// <summary>A header field, unfolded.</summary>
        public string? Field(string name) => Text[..Text.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Replace("\r\n ", " ", StringComparison.Ordinal).Split("\r\n")
            .FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..];

        /// <summary>The body of a part, decoded.</summary>
        public string Part(string type) => Encoding.UTF8.GetString(Convert.FromBase64String(
            Text.Split("\r\n--=_").Single(part => part.Contains($"Content-Type: {type};", StringComparison.Ordinal) && !part.Contains("multipart", StringComparison.Ordinal)).Split("\r\n\r\n", 2)[1]));
    }

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mail-");
    private readonly Process _process;

    public MailServer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Authority, certificate.ExportCertificatePem());
        File.WriteAllText(PathOf("key.pem"), key.ExportPkcs8PrivateKeyPem());
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        var script = Path.Combine(Repository.Root, "tests/Notification.Tests/Testing/smtp.py");
        var start = new ProcessStartInfo("/usr/bin/python3", [script, $"{Port}", Authority, PathOf("key.pem"), PathOf("received"), PathOf("refuses")])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        _process = Process.Start(start)!;
        _process.StandardOutput.ReadLine().ShouldBe("ready", "python3-aiosmtpd is not installed");
    }

    public int Port { get; }

    public string Authority => PathOf("certificate.pem");

    /// <summary>Its ledger: all that it has taken, in order.</summary>
    public IReadOnlyList<Mail> All => !File.Exists(PathOf("received")) ? [] :
    [
        .. File.ReadAllLines(PathOf("received")).Select(line => JsonElement.Parse(line))
            .Select(mail => new Mail(mail.GetProperty("from").GetString()!, mail.GetProperty("to").GetString()!, mail.GetProperty("tls").GetBoolean(), mail.GetProperty("connection").GetInt32(),
                Encoding.ASCII.GetString(mail.GetProperty("data").GetBytesFromBase64()))),
    ];

    public IReadOnlyList<Mail> To(string address) => [.. All.Where(mail => mail.To == address)];

    /// <summary>From now on it wants nothing from us, and says so at the <c>greeting</c>, to <c>MAIL</c> or to <c>RCPT</c>.</summary>
    public void Refuse(string step, string reply) => File.WriteAllText(PathOf("refuses"), $"{step} {reply}");

    public void RefuseNoMore() => File.Delete(PathOf("refuses"));

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
