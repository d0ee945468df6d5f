using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Contracts.Notification;
using InboundSms.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.AppendOnly;

namespace InboundSms.Tests.Publishing;

/// <summary>The public proof, checked with code of its own, written after what the proof says of itself.</summary>
public sealed class ProofTests(InboundSmsFixture fixture) : IClassFixture<InboundSmsFixture>
{
    private const string Question = "DINKES obat habis, hub:081234567890 Pak Darmo\nplat R 1234 AB 👨";

    [Fact]
    public async Task SMS_9_anybody_can_check_that_public_words_are_the_original_ones()
    {
        var (id, proof) = await ProveAsync("+6281260000001");
        Check(proof).ShouldBeNull();

        var item = (await fixture.Client().GetFromJsonAsync<JsonElement>("/publik/api/messages")).GetProperty("items").EnumerateArray().Single(i => i.GetProperty("id").GetGuid() == id);
        // Hidden words are as long as their masks; everything between them is told.
        foreach (var word in proof["question"]!.AsArray().Where(word => word!["text"] is not null))
            item.GetProperty("text").GetString()!.ShouldContain(word!["text"]!.GetValue<string>());
        string.Concat(proof["question"]!.AsArray().Select(word => word!["text"]?.GetValue<string>() ?? "#"))
            .ShouldBe("DINKES obat habis, hub:# Pak #\nplat ##### 👨");
        proof.ToJsonString().ShouldNotContain("0812345");
        proof.ToJsonString().ShouldNotContain("Darmo");
    }

    [Fact]
    public async Task SMS_9_no_altered_word_mask_order_or_link_passes()
    {
        var (_, proof) = await ProveAsync("+6281260000002");
        Altered(proof, p => p["question"]![2]!["text"] = "uang").ShouldNotBeNull();
        Altered(proof, p => p["answer"]![0]!["text"] = "Tidak").ShouldNotBeNull();
        // A shown word is hidden, a hidden one is shown.
        Altered(proof, p => p["question"]![2]!["text"] = p["question"]![2]!["salt"] = null).ShouldNotBeNull();
        Altered(proof, p =>
        {
            var hidden = p["question"]!.AsArray().First(word => word!["text"] is null)!;
            (hidden["text"], hidden["salt"]) = ("081234567899", new string('0', 64));
        }).ShouldNotBeNull();
        Altered(proof, p => p["question"]!.AsArray().RemoveAt(1)).ShouldNotBeNull();
        Altered(proof, p => p["answerId"] = Guid.NewGuid().ToString()).ShouldNotBeNull();
        Altered(proof, p => p["link"]!["sealedAt"] = "2026-01-01T00:00:00Z").ShouldNotBeNull();
        Altered(proof, p => p["link"]!["previous"] = new string('0', 64)).ShouldNotBeNull();
        Altered(proof, _ => { }).ShouldBeNull();
    }

    [Fact]
    public async Task SMS_9_a_short_number_cannot_be_guessed_from_what_is_told_of_it()
    {
        var (_, proof) = await ProveAsync("+6281260000003");
        var hidden = proof["question"]!.AsArray().Where(word => word!["text"] is null).Select(word => word!["leaf"]!.GetValue<string>()).ToList();
        var salts = proof["question"]!.AsArray().Select(word => word!["salt"]?.GetValue<string>()).OfType<string>().Select(Convert.FromHexString).Append([]).ToList();
        // The plate's four digits: ten thousand guesses, under every salt that is public.
        for (var guess = 0; guess < 10_000; guess++)
        {
            foreach (var salt in salts)
                hidden.ShouldNotContain(Convert.ToHexStringLower(SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes($"{guess:0000}")])));
        }
    }

    [Fact]
    public async Task SMS_9_the_verifier_computes_what_was_published_from_the_stored_words()
    {
        var (id, _) = await ProveAsync("+6281260000004");
        var verifier = fixture.Services.GetRequiredService<SealVerifier>();
        (await verifier.VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull();
        var proof = await fixture.Database.ScalarAsync<Guid>($"select p.id from publication_proof p join public_case c using (answer_id) where c.message_id = '{id}'");
        await AsServerOwnerAsync($"update publication_proof set question_masks = '{{}}' where id = '{proof}'");
        (await verifier.VerifyAsync(CancellationToken.None)).FirstFault.ShouldNotBeNull().ShouldEndWith($": publication {proof} has been altered");
        await AsServerOwnerAsync($"update publication_proof set question_masks = (select question_masks from publication p where p.answer_id = publication_proof.answer_id) where id = '{proof}'");
        (await verifier.VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull();

        // Erased by law: nothing is left to check, and the chain holds.
        await AsServerOwnerAsync($"delete from message_content where message_id = '{id}'");
        (await verifier.VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull();
    }

    private Task AsServerOwnerAsync(string sql) => fixture.Database.ExecuteAsync($"set session_replication_role = replica; {sql}");

    private async Task<(Guid Id, JsonNode Proof)> ProveAsync(string from)
    {
        var id = await fixture.SendAndRouteAsync(Question, from);
        var name = Question.IndexOf("Darmo", StringComparison.Ordinal);
        var response = await fixture.Client(fixture.DinkesOfficial).PostAsJsonAsync($"/api/inbound-sms/messages/{id}/answers",
            new { text = "Sudah ada, silakan ambil.", questionMasks = new[] { new { start = name, length = 5 } } });
        response.EnsureSuccessStatusCode();
        var answer = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        await fixture.Bus.PublishAsync(new DeliveryStatusChanged { SmsId = answer, Status = DeliveryStatus.Delivered, Version = 1, At = fixture.Clock.GetUtcNow() });
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>(
            $"select exists (select from seal s join publication_proof p on p.id = s.entry_id join public_case c using (answer_id) where c.message_id = '{id}')"));
        return (id, (await fixture.Client().GetFromJsonAsync<JsonNode>($"/publik/api/messages/{id}/proof"))!);
    }

    private static string? Altered(JsonNode proof, Action<JsonNode> change)
    {
        var copy = proof.DeepClone();
        change(copy);
        return Check(copy);
    }

    /// <summary>Null if the proof holds, else what does not.</summary>
    private static string? Check(JsonNode proof)
    {
        var root = new MemoryStream();
        root.Write("publication"u8);
        root.Write(Bytes(proof["messageId"]!));
        root.Write(Bytes(proof["answerId"]!));
        foreach (var text in new[] { "question", "answer" })
        {
            var words = proof[text]!.AsArray();
            root.Write([0, 0, (byte)(words.Count >> 8), (byte)words.Count]);
            foreach (var word in words)
            {
                var leaf = Convert.FromHexString(word!["leaf"]!.GetValue<string>());
                if (word["text"]?.GetValue<string>() is { } shown
                    && !SHA256.HashData([.. Convert.FromHexString(word["salt"]!.GetValue<string>()), .. Encoding.UTF8.GetBytes(shown)]).AsSpan().SequenceEqual(leaf))
                    return $"{shown} is not what the leaf says";
                root.WriteByte(word["text"] is null ? (byte)1 : (byte)0);
                root.Write(leaf);
            }
        }

        var computed = SHA256.HashData(root.ToArray());
        if (Convert.ToHexStringLower(computed) != proof["root"]!.GetValue<string>())
            return "root";
        var link = proof["link"]!;
        var number = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(number, link["seq"]!.GetValue<long>());
        var since = DateTimeOffset.Parse(link["sealedAt"]!.GetValue<string>(), CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch;
        BinaryPrimitives.WriteInt64BigEndian(number.AsSpan(8), since.Ticks / TimeSpan.TicksPerMicrosecond);
        var hash = SHA256.HashData([.. Convert.FromHexString(link["previous"]!.GetValue<string>()), .. number[..8],
            .. Encoding.UTF8.GetBytes("publication                     "), .. Bytes(link["entryId"]!), .. computed, .. number[8..]]);
        return Convert.ToHexStringLower(hash) == link["hash"]!.GetValue<string>() ? null : "link";
    }

    private static byte[] Bytes(JsonNode id) => Guid.Parse(id.GetValue<string>()).ToByteArray(bigEndian: true);
}
