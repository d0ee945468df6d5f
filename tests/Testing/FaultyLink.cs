using System.Net;
using System.Net.Sockets;

namespace Testing;

/// <summary>A wire between a service and one of its servers that the test can cut and mend: the server stays as real as it is.</summary>
public sealed class FaultyLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly List<TcpClient> _open = [];
    private readonly HashSet<TcpClient> _hushed = [];
    private bool _isCut;

    /// <param name="target">Port of the real server on loopback.</param>
    public FaultyLink(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Drops all connections and refuses new ones.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _isCut = true;
            _open.ForEach(client => client.Dispose());
            _open.Clear();
            _hushed.Clear();
        }
    }

    /// <summary>Connections that stand carry nothing any more, and neither end is told. New ones are whole.</summary>
    public void Hush()
    {
        lock (_gate)
            _hushed.UnionWith(_open);
    }

    public void Mend()
    {
        lock (_gate)
            _isCut = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Cut();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = RelayAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task RelayAsync(TcpClient from)
    {
        using var to = new TcpClient { NoDelay = true };
        from.NoDelay = true;
        using (from)
        {
            lock (_gate)
            {
                if (_isCut)
                    return;
                _open.Add(from);
                _open.Add(to);
            }

            try
            {
                await to.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
                await Task.WhenAny(CopyAsync(from, to), CopyAsync(to, from));
            }
            catch (Exception fault) when (fault is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // Cut.
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[16_384];
        while (await from.GetStream().ReadAsync(buffer, _end.Token) is > 0 and var read)
        {
            if (!IsHushed(from))
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
    }

    private bool IsHushed(TcpClient client)
    {
        lock (_gate)
            return _hushed.Contains(client);
    }
}
