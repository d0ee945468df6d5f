using InboundSms.Portal;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Publishing;

/// <summary>Proof for everybody that public words are the original ones (BJN 11e): what <see cref="Redaction"/> tells, and the link of the chain that seals it.</summary>
internal static class ProvePublication
{
    private const string HowToCheck = """
        1. The shown words, one after the other, are the public text; a hidden word has neither text nor salt.
        2. Of each shown word: leaf = SHA-256(salt, then the word in UTF-8).
        3. root = SHA-256("publication", the 16 bytes of messageId, the 16 bytes of answerId, then for question and answer: the count of words (4 bytes), and of each word one byte (1 hidden, 0 shown) and its leaf).
        4. link.hash = SHA-256(link.previous, link.seq (8 bytes), "publication" filled with blanks to 32 bytes, the 16 bytes of link.entryId, root, the microseconds of link.sealedAt since 1970 (8 bytes)).
        Numbers are big-endian, everything else stands here in hexadecimal. The words were sealed in the same chain when they were received; who keeps any later hash of the chain can show that nothing before it was altered.
        """;

    /// <param name="Text">Null if it is hidden.</param>
    /// <param name="Salt">Null if it is hidden.</param>
    /// <param name="Leaf">SHA-256 over both.</param>
    public sealed record Word(string? Text, string? Salt, string Leaf);

    /// <param name="Seq">Its number.</param>
    /// <param name="EntryId">Of the publication.</param>
    /// <param name="SealedAt">When it was appended.</param>
    /// <param name="Previous">Hash of the link before it.</param>
    /// <param name="Hash">Its own.</param>
    public sealed record Link(long Seq, Guid EntryId, DateTimeOffset SealedAt, string Previous, string Hash);

    /// <param name="MessageId">The citizen's message.</param>
    /// <param name="AnswerId">The answer.</param>
    /// <param name="Question">Its words.</param>
    /// <param name="Answer">The answer's words.</param>
    /// <param name="Root">Over all of them.</param>
    /// <param name="Link">Null in the first second, before the chain has it.</param>
    /// <param name="HowToCheck">What to compute.</param>
    public sealed record Response(
        Guid MessageId, Guid AnswerId, IReadOnlyList<Word> Question, IReadOnlyList<Word> Answer, string Root, Link? Link, string HowToCheck);

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/publik/api/messages/{id:guid}/proof", Handle)
        .WithName(nameof(ProvePublication)).WithTags("Public").WithSummary("Proof that a public message and its answer are what was written")
        .ProducesProblem(StatusCodes.Status404NotFound).RequirePermission(Permissions.Anybody).CachedPublicly(seconds: 5);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(Guid id, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var found = await (
            from shown in db.PublicCases
            join proof in db.PublicationProofs on shown.AnswerId equals proof.AnswerId
            join answer in db.Answers on shown.AnswerId equals answer.Id
            join content in db.Contents on shown.MessageId equals content.MessageId
            where shown.MessageId == id && shown.PublishAt <= now
            orderby shown.PublishAt descending, shown.AnswerId descending, proof.PublishedAt descending, proof.Id descending
            select new { Proof = proof, Answer = answer, Question = content }).AsNoTracking().FirstOrDefaultAsync(stop);
        if (found is null)
            return Problems.NotFound();
        var question = Redaction.Tokens(found.Question.Salt, found.Question.Text, found.Proof.QuestionMasks);
        var given = Redaction.Tokens(found.Answer.Salt, found.Answer.Text, found.Proof.AnswerMasks);
        var link = await db.Database.SqlQuery<Sealed>($"""
            select s.seq as "Seq", s.sealed_at as "SealedAt", s.hash as "Hash", coalesce(p.hash, decode(repeat('00', 32), 'hex')) as "Previous"
            from seal s left join seal p on p.seq = s.seq - 1 where s.entry_id = {found.Proof.Id} and s.kind = {Redaction.Sealed.Kind}
            """).SingleOrDefaultAsync(stop);
        return TypedResults.Ok(new Response(id, found.Answer.Id, Told(question), Told(given), Convert.ToHexStringLower(found.Proof.Commitment),
            link is null ? null : new(link.Seq, found.Proof.Id, link.SealedAt, Convert.ToHexStringLower(link.Previous), Convert.ToHexStringLower(link.Hash)), HowToCheck));
    }

    private sealed record Sealed(long Seq, DateTimeOffset SealedAt, byte[] Hash, byte[] Previous);

    private static IReadOnlyList<Word> Told(IReadOnlyList<Redaction.Token> tokens) =>
        [.. tokens.Select(token => new Word(token.Text, token.Salt is null ? null : Convert.ToHexStringLower(token.Salt), Convert.ToHexStringLower(token.Leaf)))];
}
