using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Contracts.Notification;
using Notification.Tests.Testing;

namespace Notification.Tests.Mail;

public class EmailFixture : NotificationFixture
{
    public const string BounceSecret = "pantulan-uji-1234";

    public EmailFixture() => Link = new(Server.Port);

    public MailServer Server { get; } = new();

    /// <summary>The wire to it.</summary>
    public FaultyLink Link { get; }

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => base.Settings.Concat(new Dictionary<string, string?>
    {
        ["Email:Host"] = "localhost",
        ["Email:Port"] = Link.Port.ToString(CultureInfo.InvariantCulture),
        ["Email:User"] = "kota",
        ["Email:Password"] = "sandi-uji",
        ["Email:Authority"] = Server.Authority,
        ["Email:From"] = "layanan@kota.example.go.id",
        ["Email:FromName"] = "Pemerintah Kota",
        ["Email:BounceDomain"] = "pantulan.kota.example.go.id",
        ["Email:BounceSecret"] = BounceSecret,
    });

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Link.DisposeAsync();
        Server.Dispose();
        GC.SuppressFinalize(this);
    }

    public static string Address(string local = "warga") => $"{local}-{Guid.CreateVersion7():n}@warga.example.id";

    public static SendEmail Email(string to, string subject = "Antrean", string text = "Nomor antrean Anda 7.") => new()
    {
        EmailId = Guid.CreateVersion7(),
        To = to,
        Subject = subject,
        Text = text,
        Purpose = SmsPurpose.Notice,
    };

    /// <summary>Many that wait, as if they had been ordered; the address tells the id.</summary>
    public Task QueueAsync(int count, string local) => Database.ExecuteAsync($"""
        with waiting as (
          insert into email (id, purpose, lane, is_test, state, created_at, changed_at, expires_at, next_attempt_at)
          select gen_random_uuid(), 'Notice', 40, false, 'Queued', now(), now(), now() + interval '1 day', now() from generate_series(1, {count}) returning id)
        insert into email_content (email_id, address, subject, text) select id, '{local}-' || id || '@warga.example.id', 'Antrean', 'Nomor antrean Anda 7.' from waiting
        """);

    public static string IdOf(MailServer.Mail mail) => mail.To[(mail.To.IndexOf('-', StringComparison.Ordinal) + 1)..mail.To.IndexOf('@', StringComparison.Ordinal)];

    public async Task<Guid> SendAsync(SendEmail order)
    {
        await Bus.PublishAsync(order);
        return order.EmailId;
    }

    public Task EmailIsAsync(Guid id, string state) =>
        Eventually.GetAsync(() => Database.ScalarAsync<string>($"select coalesce((select state from email where id = '{id}'), 'none')"), actual => actual == state);

    public async Task<MailServer.Mail> ReceivedAsync(string address) =>
        (await Eventually.GetAsync(() => Task.FromResult(Server.To(address)), mails => mails.Count > 0))[0];

    public async Task<HttpResponseMessage> BounceAsync(string returnPath, string message, string secret = BounceSecret)
    {
        var client = Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"bounces:{secret}")));
        using var content = new StringContent(message.ReplaceLineEndings("\r\n"), Encoding.ASCII, "message/rfc822");
        content.Headers.Add("X-Envelope-To", returnPath);
        return await client.PostAsync("/webhooks/email/bounces", content);
    }

    public static string Report(string action, string status) => $"""
        From: MAILER-DAEMON@warga.example.id
        Subject: Undelivered Mail Returned to Sender
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
         boundary="batas"

        --batas
        Content-Type: text/plain

        Action: delivered is what people may write here.

        --batas
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.warga.example.id

        Final-Recipient: rfc822; siapa@warga.example.id
        Action: {action}
        Status: {status}

        --batas--
        """;
}
