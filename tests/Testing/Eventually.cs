namespace Testing;

/// <summary>Waits for a condition, never for a time.</summary>
public static class Eventually
{
    /// <summary>Asks again until the answer passes; fails with the last answer after half a minute.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> passes, int seconds = 30)
    {
        var limit = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (passes(answer))
                return answer;
            if (TimeProvider.System.GetElapsedTime(limit).TotalSeconds > seconds)
                throw new TimeoutException($"After {seconds} s still: {answer}");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    public static Task TrueAsync(Func<Task<bool>> ask, int seconds = 30) => GetAsync(ask, answer => answer, seconds);
}
