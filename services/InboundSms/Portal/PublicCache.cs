using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace InboundSms.Portal;

/// <summary>Lets everybody's caches keep a public answer for a short time, and ask whether it is still the same (ETag, 304).</summary>
internal static class PublicCache
{
    /// <summary>Nothing that was taken down may be shown for longer.</summary>
    public const int LongestSeconds = 60;

    /// <param name="endpoint">A GET whose answer is small enough to be held in memory.</param>
    /// <param name="seconds">How long a cache may show it without asking, at most a minute.</param>
    public static RouteHandlerBuilder CachedPublicly(this RouteHandlerBuilder endpoint, int seconds) => endpoint.AddEndpointFilter(async (context, next) =>
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seconds, LongestSeconds);
        return await next(context) is IResult result ? new Tagged(result, seconds) : throw new InvalidOperationException("A public answer is a result.");
    });

    private sealed class Tagged(IResult inner, int seconds) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            var body = httpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
            using var kept = new MemoryStream();
            httpContext.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(kept));
            try
            {
                await inner.ExecuteAsync(httpContext);
                await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
            }
            finally
            {
                httpContext.Features.Set(body);
            }

            if (response.StatusCode == StatusCodes.Status200OK)
            {
                var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(kept.GetBuffer().AsSpan(0, (int)kept.Length))[..16])}\"");
                response.Headers.CacheControl = $"public, max-age={seconds}";
                response.Headers.ETag = tag.ToString();
                // Error texts alone differ by language.
                if (httpContext.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)))
                {
                    response.StatusCode = StatusCodes.Status304NotModified;
                    response.ContentType = null;
                    response.ContentLength = null;
                    return;
                }
            }

            response.ContentLength = kept.Length;
            await response.Body.WriteAsync(kept.GetBuffer().AsMemory(0, (int)kept.Length), httpContext.RequestAborted);
        }
    }
}
