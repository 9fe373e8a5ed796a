"""Epochs of stochastic gradient descent that go on where they were interrupted."""
import os
import time

import torch
import torch.distributed as distributed
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader

from checkpoint import read_checkpoint, write_checkpoint
from draws import Batches, seed_of
from networks import build
from recipes import parameter_groups


class Training:
    """A network, its optimiser and how far it is: `epoch` whole epochs, and `step` steps of the next."""

    def __init__(self, recipe, network, options, place):
        self.recipe, self.network, self.options, self.place = recipe, network, options, place
        torch.manual_seed(seed_of(options.seed, "weights"))
        self.module = build(network).to(place.device)
        if place.channels_last:
            self.module = self.module.to(memory_format=torch.channels_last)
        self.optimiser = torch.optim.SGD(parameter_groups(self.module, recipe), lr=recipe.rate,
                                         momentum=recipe.momentum, nesterov=recipe.nesterov)
        self.epoch = self.step = 0
        self.checkpoint = os.path.join(options.out, "checkpoint.pt")

    @property
    def settings(self):
        """What a training must keep if it goes on, so that it ends as if it had not been interrupted."""
        options = self.options
        return {"recipe": self.recipe_name, "batch": options.batch, "seed": options.seed, "images": self.images}

    def fit(self, name, images, test_images):
        """Trains to the end. @param images by (epoch, number); @param test_images by number"""
        self.recipe_name, self.images = name, len(images)
        self.resume()
        module = self.module
        if self.place.world > 1:
            module = DistributedDataParallel(module, device_ids=self.place.device_ids)
        options, seed = self.options, self.options.seed
        while self.epoch < options.epochs:
            batches = Batches(len(images), options.batch, seed, self.epoch, self.step, self.place.rank, self.place.world)
            started, loss_sum, seen = time.monotonic(), 0.0, 0
            for pixels, labels in DataLoader(images, batch_sampler=batches, **self.loading):
                loss = self.take_step(module, batches.steps, pixels, labels)
                loss_sum, seen, self.step = loss_sum + loss, seen + 1, self.step + 1
                if options.checkpoint_every and self.step % options.checkpoint_every == 0 and self.step < batches.steps:
                    self.save()
            self.epoch, self.step = self.epoch + 1, 0
            self.save()
            self.tell(test_images, loss_sum / max(1, seen), time.monotonic() - started)

    def take_step(self, module, steps, pixels, labels):
        """@returns the loss of this process's part of the batch"""
        place = self.place
        # For dropout: what is drawn depends on the step alone.
        torch.manual_seed(seed_of(self.options.seed, "step", self.epoch, self.step, place.rank))
        rate = self.recipe.rate_at(self.epoch, self.step, steps, self.options.batch, self.options.epochs)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        module.train()
        pixels, labels = place.put(pixels), labels.to(place.device, non_blocking=True)
        self.optimiser.zero_grad(set_to_none=True)
        with place.precision():
            loss = functional.cross_entropy(module(pixels), labels)
        place.scaler.scale(loss).backward()
        place.scaler.step(self.optimiser)
        place.scaler.update()
        value = float(loss.detach())
        if value != value:
            raise ValueError(f"the loss is not a number in epoch {self.epoch + 1}, step {self.step + 1}: the training "
                             "diverged; lower --batch, which lowers the rate")
        return value

    @property
    def loading(self):
        workers = self.options.workers
        return {"num_workers": workers, "pin_memory": self.place.device.type == "cuda",
                **({"persistent_workers": False, "prefetch_factor": 4} if workers else {})}

    def tell(self, test_images, loss, seconds):
        if self.place.rank != 0:
            return
        last = self.epoch == self.options.epochs
        if test_images is not None and (last or self.epoch % self.options.test_every == 0):
            accuracy = f"{100 * self.accuracy(test_images):.2f} % of the test images right"
        else:
            accuracy = "not tested"
        print(f"epoch {self.epoch} of {self.options.epochs}: loss {loss:.4f}, {accuracy}, {seconds:.0f} s", flush=True)

    @torch.no_grad()
    def accuracy(self, test_images):
        """The share of images whose largest logit is their label's, on this process alone."""
        self.module.eval()
        right = count = 0
        for pixels, labels in DataLoader(test_images, batch_size=max(1, self.options.batch // self.place.world), **self.loading):
            with self.place.precision():
                logits = self.module(self.place.put(pixels))
            right += int((logits.argmax(1).cpu() == labels).sum())
            count += len(labels)
        return right / count

    def parameters(self):
        """In the order in which the optimiser has them."""
        return [parameter for group in self.optimiser.param_groups for parameter in group["params"]]

    def save(self):
        if self.place.rank == 0:
            about = {"network": self.network, "epoch": self.epoch, "step": self.step, "epochs": self.options.epochs,
                     "settings": self.settings, "scaler": self.place.scaler.state_dict()}
            momentum = [self.optimiser.state[parameter]["momentum_buffer"] for parameter in self.parameters()]
            write_checkpoint(self.checkpoint, about, {"module": self.module.state_dict(), "momentum": momentum})
        if self.place.world > 1:
            distributed.barrier()

    def resume(self):
        if not os.path.exists(self.checkpoint):
            return
        state = read_checkpoint(self.checkpoint)
        now = {**self.settings, "network": self.network, "epochs": self.options.epochs}
        before = {**state["settings"], "network": state["network"], "epochs": state["epochs"]}
        for key, value in now.items():
            if before.get(key) != value:
                raise ValueError(f"{self.checkpoint}: was begun with {key} {before.get(key)}, not {value}; give the former "
                                 "settings, or another --out")
        self.module.load_state_dict(state["module"])
        for parameter, buffer in zip(self.parameters(), state["momentum"]):
            self.optimiser.state[parameter]["momentum_buffer"] = buffer.to(parameter.device)
        self.place.scaler.load_state_dict(state["scaler"])
        self.epoch, self.step = state["epoch"], state["step"]
        if self.place.rank == 0:
            print(f"{self.checkpoint}: goes on after {self.epoch} epochs and {self.step} steps", flush=True)
