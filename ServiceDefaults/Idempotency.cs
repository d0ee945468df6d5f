using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServiceDefaults.SignIn;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ServiceDefaults;

/// <summary>
/// <c>Idempotency-Key</c> on unsafe requests: the first request's answer is stored in the transaction that does the work, and repeated for the same key. A
/// second request with the key waits for the first at the primary key. Another content under the same key is 422. Faults (5xx) are not stored.
/// </summary>
public static partial class Idempotency
{
    public const string Header = "Idempotency-Key";

    [GeneratedRegex("^[A-Za-z0-9_:.-]{1,128}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Key();

    /// <summary>Marks the endpoints that take the header, for the API description.</summary>
    internal sealed record Accepted;

    private sealed record Stored(byte[] RequestHash, int? Status, string? Body);

    /// <summary>Lets the endpoints of a group take the header. The handler's result must carry its status and value (typed results do).</summary>
    public static TBuilder AcceptIdempotencyKey<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new Accepted()).AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            if (HttpMethods.IsGet(http.Request.Method) || http.Request.Headers[Header] is not [{ } key])
                return await next(context);
            if (!Key().IsMatch(key))
                return Problems.Invalid(Header, "idempotency-key");

            var stop = http.RequestAborted;
            var db = http.RequestServices.GetRequiredService<DbContext>();
            var json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
            var account = http.User.Actor;
            var hash = HashOf(context, json);
            await using var transaction = await db.Database.BeginTransactionAsync(stop);
            var isFirst = await db.Database.ExecuteSqlAsync(
                $"insert into idempotency (account_id, key, request_hash) values ({account}, {key}, {hash}) on conflict do nothing", stop);
            if (isFirst == 0)
            {
                var stored = await db.Database.SqlQuery<Stored>(
                    $"""select request_hash as "RequestHash", status as "Status", body as "Body" from idempotency where account_id = {account} and key = {key}""").SingleAsync(stop);
                return stored.RequestHash.AsSpan().SequenceEqual(hash)
                    ? new Repeated(stored.Status!.Value, stored.Body)
                    : Problems.Of(StatusCodes.Status422UnprocessableEntity, "idempotency-key-reused");
            }

            var result = await next(context);
            while (result is INestedHttpResult nested)
                result = nested.Result;
            var status = (result as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
            // A refusal changed nothing: with the roll-back the key is free for a corrected request.
            if (status >= StatusCodes.Status400BadRequest)
                return result;

            var body = (result as IValueHttpResult)?.Value is { } value ? JsonSerializer.Serialize(value, value.GetType(), json) : null;
            await db.Database.ExecuteSqlAsync(
                $"update idempotency set status = {status}, body = {body} where account_id = {account} and key = {key}", stop);
            await transaction.CommitAsync(stop);
            return result;
        });

    /// <summary>Over route, path values and bound request: the same key for another letter, unit or text is another request.</summary>
    private static byte[] HashOf(EndpointFilterInvocationContext context, JsonSerializerOptions json)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes($"{context.HttpContext.Request.Method} {context.HttpContext.Request.Path}", json));
        foreach (var request in context.Arguments.Where(argument => argument is not (null or HttpRequest) && argument.GetType().Name.EndsWith("Request", StringComparison.Ordinal)))
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(request, request!.GetType(), json));
        return hash.GetHashAndReset();
    }

    private sealed class Repeated(int status, string? body) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.Headers["Idempotency-Replayed"] = "true";
            if (body is null)
                return Task.CompletedTask;
            httpContext.Response.ContentType = "application/json; charset=utf-8";
            return httpContext.Response.WriteAsync(body, httpContext.RequestAborted);
        }
    }
}
