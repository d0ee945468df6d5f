using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests;

public sealed class TlsTests
{
    private const string Host = "sms.kota.example";

    [Fact]
    public async Task PLT_8_with_a_certificate_the_gateway_speaks_TLS_and_asks_browsers_to_stay_with_it()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var now = TimeProvider.System.GetUtcNow();
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(Host);
            var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256) { CertificateExtensions = { names.Build() } };
            using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
            var (pem, pemKey) = (Path.Combine(folder.FullName, "tls.crt"), Path.Combine(folder.FullName, "tls.key"));
            await File.WriteAllTextAsync(pem, certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(pemKey, key.ExportPkcs8PrivateKeyPem());

            await using var gateway = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
            {
                host.UseSetting("Kestrel:Certificates:Default:Path", pem);
                host.UseSetting("Kestrel:Certificates:Default:KeyPath", pemKey);
                host.UseSetting("services:directory:http:0", $"http://127.0.0.1:{Servers.Setting("DIRECTORY_PORT")}");
                host.ConfigureLogging(logging => logging.ClearProviders());
            });
            gateway.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps()));
            gateway.StartServer();

            using var handler = new SocketsHttpHandler
            {
                SslOptions = new()
                {
                    TargetHost = Host,
                    CertificateChainPolicy = new()
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        CustomTrustStore = { certificate },
                        RevocationMode = X509RevocationMode.NoCheck,
                    },
                },
            };
            using var client = new HttpClient(handler) { BaseAddress = new UriBuilder(gateway.ClientOptions.BaseAddress) { Scheme = "https" }.Uri };
            using var call = new HttpRequestMessage(HttpMethod.Get, "/api/directory/units") { Headers = { Host = Host } };
            var response = await client.SendAsync(call);
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            response.Headers.GetValues("Strict-Transport-Security").Single().ShouldBe("max-age=31536000");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
