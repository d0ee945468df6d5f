using System.Text.Json;
using InboundSms.Receive;
using InboundSms.Receive.Spooling;

namespace InboundSms.Tests.Testing;

/// <summary>The same with a spool, which all its instances share as processes of one machine do.</summary>
public sealed class SpoolFixture : InboundSmsFixture
{
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"spool-{Guid.CreateVersion7():n}");

    /// <summary>For instances that are started from now on.</summary>
    public long Limit { get; set; } = 1024 * 1024;

    public IReadOnlyList<string> Files => System.IO.Directory.Exists(Folder) ? [.. System.IO.Directory.EnumerateFiles(Folder, "*.spool")] : [];

    public IReadOnlyList<string> SetAside => [.. System.IO.Directory.EnumerateFiles(Folder, "*.unreadable")];

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [.. base.Settings, new("Channels:infobip:Type", "Infobip"), new("Channels:infobip:User", "kota"), new("Channels:infobip:Secret", "infobip-uji"), new("Receiving:SpoolFolder", Folder), new("Receiving:SpoolLimit", $"{Limit}"), new("Receiving:AnswerWithin", "00:00:00.5")];

    /// <summary>What an instance would have written for a message.</summary>
    internal byte[] Record(string providerId, string text = "DINKES dari spool", string from = "+6281500000001", SmsPart? part = null) => SpoolRecord.Of(JsonSerializer.SerializeToUtf8Bytes(
        ReceivedSms.Of("kannel", new("", providerId, from, CityNumber, text, ProviderTime: null, System.Text.Encoding.UTF8.GetBytes(text)) { Part = part }, Clock.GetUtcNow())));

    /// <summary>A file as an instance that died left it behind.</summary>
    public string Leave(params IEnumerable<byte[]> parts)
    {
        var path = Path.Combine(Folder, $"{Guid.CreateVersion7(Clock.GetUtcNow()):n}.spool");
        // Complete before the drain can see it.
        File.WriteAllBytes(path + ".new", [.. parts.SelectMany(part => part)]);
        File.Move(path + ".new", path);
        return path;
    }

    public Task DrainedAsync() => Eventually.TrueAsync(() => Task.FromResult(Files.Count == 0), seconds: 60);

    public Task<long> StoredAsync(string providerIds) => Database.ScalarAsync<long>($"select count(*) from message where provider_message_id like '{providerIds}'");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        System.IO.Directory.Delete(Folder, recursive: true);
    }
}
