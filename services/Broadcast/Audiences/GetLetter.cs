using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Audiences;

/// <summary>One letter, and its scan.</summary>
internal static class GetLetter
{
    public static void Map(RouteGroupBuilder letters)
    {
        letters.MapGet("/{id:guid}", Handle).WithName(nameof(GetLetter)).WithSummary("One letter of authority")
            .RequirePermission(Permissions.ReadAudiences).ProducesProblem(StatusCodes.Status404NotFound);
        letters.MapGet("/{id:guid}/document", HandleDocument).WithName("GetLetterDocument").WithSummary("The scanned letter, byte for byte as it was registered")
            .RequirePermission(Permissions.ReadAudiences).Produces<byte[]>(StatusCodes.Status200OK, "application/pdf", "image/jpeg", "image/png")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<ListLetters.Item>, ProblemHttpResult>> Handle(Guid id, BroadcastDb db, CancellationToken stop) =>
        await db.Letters.AsNoTracking().Where(letter => letter.Id == id).Select(ListLetters.ToItem).SingleOrDefaultAsync(stop) is { } letter
            ? TypedResults.Ok(letter)
            : Problems.NotFound();

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> HandleDocument(Guid id, HttpContext http, BroadcastDb db, CancellationToken stop)
    {
        var letter = await db.Letters.AsNoTracking().Where(letter => letter.Id == id).Select(letter => new { letter.Document, letter.DocumentType }).SingleOrDefaultAsync(stop);
        if (letter is not { Document: { } document, DocumentType: { } type })
            return Problems.NotFound();
        // Somebody outside made the file: a browser saves it, and takes it for nothing but its type.
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.File(document, type, $"{id}.{ScannedLetter.ExtensionOf(type)}");
    }
}
